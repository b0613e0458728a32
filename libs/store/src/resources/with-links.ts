import { canonicalize, parseStrict, sha256, writeJson, type JsonObject } from '#digest';
import { isObject, listOf } from '#fhir';
import type { Stored } from '../resource-store.js';

/**
 * A Patient as it is shown: with a link to each other visible Patient of her person, beside those that its source stated.
 * What is stored never changes for a link; bytes and digests here are those of what is shown.
 * @see https://hl7.org/fhir/R4/patient-definitions.html#Patient.link
 */
export function withLinks(stored: Stored): Stored {
  if (stored.linked.length === 0 || stored.deleted) return stored;
  const patient = parseStrict(stored.bytes);
  if (!isObject(patient)) return stored;
  const known = new Set(listOf(patient['link']).map(otherOf));
  const added = stored.linked.filter((id) => !known.has(`Patient/${id}`));
  if (added.length === 0) return stored;
  const shown: JsonObject = {
    ...patient,
    link: [...listOf(patient['link']), ...added.map(linkTo)],
  };
  const bytes = Buffer.from(writeJson(shown));
  return { ...stored, bytes, digest: sha256(bytes), canon: sha256(canonicalize(shown)) };
}

function linkTo(id: string): JsonObject {
  return { other: { reference: `Patient/${id}` }, type: 'seealso' };
}

function otherOf(link: unknown): unknown {
  const other = typeof link === 'object' && link !== null && 'other' in link ? link.other : undefined;
  return typeof other === 'object' && other !== null && 'reference' in other ? other.reference : undefined;
}
