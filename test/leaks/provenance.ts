import { toHex, uuidv5 } from '#digest';
import type { VersionWrite } from '#store';
import { provenanceOf } from '../../libs/store/src/intake/provenance-of.js';
import { seeded, versionIdOf } from './inputs.js';

const NAMESPACE = uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'urn:proviso:provenance');

/** The Provenance of a version, as anybody could tell its id who knows the version's. */
export function provenanceRefOf(ref: string, versionId: string): string {
  return `Provenance/${uuidv5(NAMESPACE, `north|${ref}/_history/${versionId}`)}`;
}

/** Key of the Provenance that comes with an input. */
export function provenanceKeyOf(key: string): string {
  return `${key} provenance`;
}

/** The Provenance that the product makes of a version, of a payload that follows from the key. */
export function madeWith(version: VersionWrite, key: string): VersionWrite {
  const origin = {
    source: 'north',
    eventMs: undefined,
    lineage: undefined,
    salt: seeded(`salt ${key}`, 32),
  };
  const upstream = toHex(seeded(`payload ${key}`, 32));
  return provenanceOf(version, upstream, origin, versionIdOf(provenanceKeyOf(key)));
}
