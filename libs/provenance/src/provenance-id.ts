import { uuidv5 } from '#digest';
import type { ItemSaid } from './said-groups.js';

/** Namespace of the ids of Provenances that are made here: UUIDv5 of `urn:proviso:provenance` in the namespace of URLs. */
const NAMESPACE = uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'urn:proviso:provenance');

/**
 * The id of the Provenance that is made here of a version: the same for ever. What a source delivers has ids of another
 * namespace, so that whoever knows the version knows whether a Provenance of it was made here.
 *
 * @param source that delivered the version, or the own source of the client that wrote it
 */
export function provenanceId(source: string, { type, id, versionId }: ItemSaid): string {
  return uuidv5(NAMESPACE, `${source}|${type}/${id}/_history/${versionId}`);
}
