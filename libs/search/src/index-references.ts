import type { JsonObject, JsonValue } from '#digest';
import { isObject, listOf, parseReference, PROVENANCE_PATIENT, textOf, type ReferenceTarget } from '#fhir';
import type { Leaf, RowLists } from './index-leaf.js';
import { isIndexable } from './index-text.js';

/**
 * Rows of a reference. One to this store has `targetType` and `targetId`, and an empty `url`; any other has the whole text
 * as `url` and an empty `targetId`, so that another server's Patient/1 is never taken for ours. A canonical with a version
 * gives a row without it too. Contained targets and logical references (by identifier) give none.
 * @see https://hl7.org/fhir/R4/search.html#reference
 */
export function referenceRows(rows: RowLists, leaf: Leaf, value: JsonValue): void {
  const text = isObject(value) ? textOf(value, 'reference') : value;
  if (typeof text !== 'string' || !isIndexable(text)) return;
  const target = parseReference(text);
  const type = targetType(target, value);
  if (target.kind === 'contained' || (leaf.target !== undefined && type !== leaf.target)) return;
  if (target.kind === 'local') addReference(rows, leaf.param, target);
  else addUrl(rows, leaf.param, type ?? '', target.url);
}

/** Rows of the patients whom a Provenance names, beside those who are its target: `patient` finds both. */
export function provenancePatientRows(rows: RowLists, provenance: JsonObject): void {
  for (const extension of listOf(provenance['extension'])) {
    if (!isObject(extension) || extension['url'] !== PROVENANCE_PATIENT) continue;
    const leaf = { param: 'patient', kind: 'reference', type: 'Reference', target: 'Patient' } as const;
    const { valueReference } = extension;
    if (isObject(valueReference)) referenceRows(rows, leaf, valueReference);
  }
}

/** Rows of a URI. @see https://hl7.org/fhir/R4/search.html#uri */
export function uriRows(rows: RowLists, leaf: Leaf, value: JsonValue): void {
  if (typeof value === 'string' && isIndexable(value)) rows.uri.push({ param: leaf.param, uri: value });
}

function addReference(rows: RowLists, param: string, target: { type: string; id: string }): void {
  rows.reference.push({ param, targetType: target.type, targetId: target.id, url: '' });
}

function addUrl(rows: RowLists, param: string, type: string, url: string): void {
  rows.reference.push({ param, targetType: type, targetId: '', url });
  const at = url.lastIndexOf('|');
  if (at > 0) rows.reference.push({ param, targetType: type, targetId: '', url: url.slice(0, at) });
}

/** The target's type by the literal reference, else by `Reference.type`. */
function targetType(target: ReferenceTarget, value: JsonValue | JsonObject): string | undefined {
  if (target.kind === 'local' || target.kind === 'remote') return target.type;
  return isObject(value) ? textOf(value, 'type') : undefined;
}
