import { uuidv5 } from '#digest';

const NAMESPACE = uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'urn:proviso:provenance');

/** The Provenance of a version, as anybody could tell its id who knows the version's. */
export function provenanceRefOf(ref: string, versionId: string): string {
  return `Provenance/${uuidv5(NAMESPACE, `north|${ref}/_history/${versionId}`)}`;
}

/** Key of the Provenance that comes with an input. */
export function provenanceKeyOf(key: string): string {
  return `${key} provenance`;
}
