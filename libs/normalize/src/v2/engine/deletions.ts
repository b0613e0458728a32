import type { JsonObject } from '#digest';
import { isObject, listOf } from '#fhir';
import { parseAddress } from './address.js';
import { stepsOf, topOf } from './element-path.js';
import type { Row } from './map.js';

/** A `""` of the sender: what stood there is to go. */
export interface Deletion {
  /** What it names: `birthDate`, `extension(url)`, `telecom(home)`; see `NormalisedResource.cleared`. */
  readonly key: string;
  /** All of what it names may go: no other field fills it. */
  readonly isSole: boolean;
  /** Its place in the message. */
  readonly path: string;
}

/** What `""` in the field of a row deletes. */
export function deletedBy(row: Row): string | undefined {
  const [first] = stepsOf(row.to);
  return row.clears ?? (first?.url === undefined ? topOf(row.to) : `${first.name}(${first.url})`);
}

const fieldsByRows = new WeakMap<readonly Row[], ReadonlyMap<string, ReadonlySet<string>>>();

/** Whether the rows fill what a row does from its field alone, or the row says itself what may go. */
export function isSole(rows: readonly Row[], row: Row): boolean {
  if (row.clears !== undefined) return true;
  const known = fieldsByRows.get(rows) ?? fieldsIn(rows);
  fieldsByRows.set(rows, known);
  const key = deletedBy(row);
  return key !== undefined && known.get(key)?.size === 1;
}

/** The fields that fill what `""` would delete. */
function fieldsIn(rows: readonly Row[]): ReadonlyMap<string, ReadonlySet<string>> {
  const fields = new Map<string, Set<string>>();
  for (const row of rows) {
    const key = deletedBy(row);
    const { segment, field } = parseAddress(row.from);
    if (key === undefined || segment === undefined) continue;
    fields.set(key, (fields.get(key) ?? new Set()).add(`${segment}-${field ?? ''}`));
  }
  return fields;
}

const KEYED = /^(?<list>\w+)\((?<entry>.+)\)$/;
/** Lists of which a merge replaces entries, not the whole. */
const KEPT: ReadonlySet<string> = new Set(['extension', 'identifier']);

/** Whether a resource says anew what a deletion names, so that a merge replaces it anyway. */
export function isSaidAnew(resource: JsonObject, key: string): boolean {
  const { list = key, entry } = KEYED.exec(key)?.groups ?? {};
  if (!KEPT.has(list)) return resource[list] !== undefined || resource[`_${list}`] !== undefined;
  if (entry === undefined) return false;
  const entries = listOf(resource[list]).filter(isObject);
  return entries.some(({ url, system }) => url === entry || system === entry);
}
