import { accessorsOf, type Accessor } from './accessor.js';
import type { IndexRows } from './index-rows.js';

/** Where the rows of a search parameter stand. */
export interface StoredPlace {
  /** The parameters whose rows are its own: mostly just its own name. */
  readonly params: readonly string[];
  /** Only those of their rows that point at this type of resource. */
  readonly target: string | undefined;
}

/** Has rows that no path gives: the patients whom it names beside its targets. */
const MORE_THAN_PATHS = 'Provenance patient';

const places = new Map<string, ReadonlyMap<string, StoredPlace>>();

/**
 * Where the rows of a search parameter are found in the store. What other parameters of the type say already is not stored
 * again: `combo-code` is `code` and `component-code`, `patient` is `subject` where that is a Patient, `phonetic` is `name`.
 */
export function storedPlace(type: string, param: string): StoredPlace {
  return placesOf(type).get(param) ?? { params: [param], target: undefined };
}

/** Of the index rows of a resource those that the store keeps: all of which `storedPlace` says that they stand there. */
export function storedRows(type: string, rows: IndexRows): IndexRows {
  const elsewhere = placesOf(type);
  if (elsewhere.size === 0) return rows;
  const kept = <Row extends { readonly param: string }>(list: readonly Row[]): readonly Row[] =>
    list.filter(({ param }) => !elsewhere.has(param));
  return {
    token: kept(rows.token),
    string: kept(rows.string),
    reference: kept(rows.reference),
    date: kept(rows.date),
    number: kept(rows.number),
    quantity: kept(rows.quantity),
    uri: kept(rows.uri),
  };
}

function placesOf(type: string): ReadonlyMap<string, StoredPlace> {
  const known = places.get(type);
  if (known !== undefined) return known;
  const accessors = accessorsOf(type);
  const found = new Map<string, StoredPlace>();
  // from behind: of two that say the same the first one stays
  for (const accessor of accessors.toReversed()) {
    if (`${type} ${accessor.param}` === MORE_THAN_PATHS) continue;
    const others = accessors.filter((other) => other !== accessor && !found.has(other.param));
    const place = unionOf(accessor, others) ?? narrowedOf(accessor, others);
    if (place !== undefined) found.set(accessor.param, place);
  }
  if (accessors.length > 0) places.set(type, found);
  return found;
}

/** Others of its kind whose paths together are just its own. */
function unionOf({ kind, paths }: Accessor, others: readonly Accessor[]): StoredPlace | undefined {
  const parts = others.filter(
    (other) =>
      other.kind === kind && other.paths.length > 0 && other.paths.every((path) => paths.includes(path)),
  );
  const covered = new Set(parts.flatMap((part) => part.paths));
  if (paths.length === 0 || paths.some((path) => !covered.has(path))) return undefined;
  return { params: parts.map(({ param }) => param), target: undefined };
}

/** Another one with the same paths, whatever type of resource they point at. */
function narrowedOf({ paths }: Accessor, others: readonly Accessor[]): StoredPlace | undefined {
  const [target] = paths.map((path) => path.split('?')[1]);
  if (target === undefined || paths.some((path) => path.split('?')[1] !== target)) return undefined;
  const whole = paths.map((path) => path.slice(0, path.indexOf('?')));
  const wider = others.find(
    (other) => other.paths.length === whole.length && other.paths.every((path) => whole.includes(path)),
  );
  return wider === undefined ? undefined : { params: [wider.param], target };
}
