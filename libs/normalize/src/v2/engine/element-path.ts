import { canonicalize, type JsonObject, type JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import type { ElementPath } from './map.js';

/** One step of a path into an element. */
interface Step {
  readonly name: string;
  readonly list: 'append' | 'last' | undefined;
  /** With extensions: the URL. */
  readonly url: string | undefined;
}

const STEP = /([A-Za-z_][\w]*)(\[(last)?\])?(?:\(([^)]+)\))?(?:\.|$)/y;
const parsed = new Map<ElementPath, readonly Step[]>();

/** The steps of a path; throws where it is malformed, which a test of the tables finds. */
export function stepsOf(path: ElementPath): readonly Step[] {
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const [, name, list, last, url] = STEP.exec(path) ?? [];
    if (name === undefined) throw new TypeError(`not an element path: ${path}`);
    steps.push({ name, list: list === undefined ? undefined : last === undefined ? 'append' : 'last', url });
  }
  parsed.set(path, steps);
  return steps;
}

/** The name of the top-level element that a path leads into. */
export function topOf(path: ElementPath): string | undefined {
  return stepsOf(path)[0]?.name.replace(/^_/, '');
}

/** Whether several values can go to the path: it appends somewhere. */
export function appends(path: ElementPath): boolean {
  return stepsOf(path).some((step) => step.list === 'append');
}

/**
 * The element with a value placed at the path. A single element that is there already stays: what came first counts;
 * of two objects the parts of both stay.
 */
export function placed(element: JsonObject, path: ElementPath, value: JsonValue): JsonObject {
  return placedAt(element, stepsOf(path), value);
}

/** The element with several values placed at the path, one after the other. */
export function placedAll(element: JsonObject, path: ElementPath, values: readonly JsonValue[]): JsonObject {
  const [step, ...rest] = stepsOf(path);
  const isPlainList = step?.list === 'append' && step.url === undefined && rest.length === 0;
  if (!isPlainList || values.length === 0)
    return values.reduce((made: JsonObject, value) => placed(made, path, value), element);
  const before = element[step.name];
  return { ...element, [step.name]: [...(isList(before) ? before : []), ...values] };
}

/** Whether something stands at the path already, so that a single value placed there would be lost. */
export function isTaken(element: JsonObject, path: ElementPath): boolean {
  let at: JsonValue | undefined = element;
  for (const step of stepsOf(path)) {
    if (step.list !== undefined || step.url !== undefined || !isObject(at)) return false;
    at = at[step.name];
  }
  return at !== undefined && !isObject(at);
}

function placedAt(element: JsonObject, steps: readonly Step[], value: JsonValue): JsonObject {
  const [step, ...rest] = steps;
  if (step === undefined) return isObject(value) ? joined(element, value) : element;
  const before = element[step.name];
  const after =
    step.url !== undefined
      ? withExtension(before, step, [rest, value])
      : step.list === undefined
        ? withMember(before, rest, value)
        : withItem(before, step, [rest, value]);
  return { ...element, [step.name]: after };
}

function withMember(before: JsonValue | undefined, rest: readonly Step[], value: JsonValue): JsonValue {
  if (rest.length > 0) return placedAt(isObject(before) ? before : {}, rest, value);
  return before === undefined ? value : joinedValue(before, value);
}

function withItem(
  before: JsonValue | undefined,
  step: Step,
  [rest, value]: readonly [readonly Step[], JsonValue],
): readonly JsonValue[] {
  const items = isList(before) ? before : [];
  const last = items.at(-1);
  if (step.list === 'last' && isObject(last)) return [...items.slice(0, -1), placedAt(last, rest, value)];
  const item = rest.length === 0 ? value : placedAt({}, rest, value);
  return SERIES.has(step.name) ? [...items, item] : withItemOnce(items, item);
}

/** Lists that are read in their order: the same line, or the same value, twice is two. */
const SERIES: ReadonlySet<string> = new Set(['note', 'component']);

/** The same object twice says nothing more; the same text may, as a name that is given twice. */
function withItemOnce(items: readonly JsonValue[], item: JsonValue): readonly JsonValue[] {
  const text = isObject(item) ? canonicalText(item) : undefined;
  const isThere = text !== undefined && items.some((one) => isObject(one) && canonicalText(one) === text);
  return isThere ? items : [...items, item];
}

const texts = new WeakMap<JsonObject, string>();

/** Elements never change: their text is made once. */
function canonicalText(element: JsonObject): string {
  const text = texts.get(element) ?? canonicalize(element);
  texts.set(element, text);
  return text;
}

function withExtension(
  before: JsonValue | undefined,
  step: Step,
  [rest, value]: readonly [readonly Step[], JsonValue],
): readonly JsonValue[] {
  const items = isList(before) ? before : [];
  const at = items.findIndex((item) => isObject(item) && item['url'] === step.url);
  const found = items[at];
  const isNew = step.list === 'append' || !isObject(found);
  const made = placedAt(isNew ? { url: step.url } : found, rest, value);
  return isNew ? [...items, made] : items.with(at, made);
}

function joined(element: JsonObject, more: JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...element };
  for (const [name, value] of Object.entries(more)) {
    const before = result[name];
    if (value !== undefined) result[name] = before === undefined ? value : joinedValue(before, value);
  }
  return result;
}

function joinedValue(before: JsonValue, value: JsonValue): JsonValue {
  if (isList(before) && isList(value)) return [...before, ...value];
  return isObject(before) && isObject(value) ? joined(before, value) : before;
}
