import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import type { NormalisedResource, NormaliseIssue, ResourceFault } from '../../normalised.js';
import { joinEquals } from './join-equals.js';
import type { Unjudged } from './unjudged.js';

/** Resources that are valid and refer to each other only, and what had to go for it. */
export interface Finished {
  readonly resources: readonly NormalisedResource[];
  readonly issues: readonly NormaliseIssue[];
}

type Validate = (resource: JsonObject) => readonly ResourceFault[];

/** More faults than this in one resource, and it is left out. */
const MAX_REPAIRS = 32;

/**
 * Judges resources. An element at fault is left out, with an issue; where that does not help, the resource is, and then
 * the references to it.
 * @param upstream SHA-256 of the bytes that they came in.
 */
export function finishResources(list: readonly Unjudged[], upstream: string, validate: Validate): Finished {
  const issues: NormaliseIssue[] = [];
  const sound = new Set<JsonObject>();
  let left = joinEquals(list);
  // Each round but the last takes something away.
  for (let isStable = false; !isStable;) {
    const judged = left.flatMap((one): Unjudged[] => {
      if (sound.has(one.resource)) return [one];
      const resource = repaired(one.resource, { type: one.type, validate, issues });
      if (resource !== undefined) sound.add(resource);
      return resource === undefined ? [] : [{ ...one, resource }];
    });
    const ids = new Set(judged.map(({ type, id }) => `${type}/${id}`));
    left = judged.map((one) => ({ ...one, resource: withoutDangling(one, ids, issues) }));
    isStable = left.every((one, at) => one.resource === judged[at]?.resource);
  }
  return { resources: left.map((one) => normalised(one, upstream)), issues };
}

function normalised({ mode, cleared, assumed, ...rest }: Unjudged, upstream: string): NormalisedResource {
  if (mode === undefined) return { ...rest, upstream };
  return {
    ...rest,
    upstream,
    mode,
    ...(cleared.length === 0 ? {} : { cleared }),
    ...(assumed.length === 0 ? {} : { assumed }),
  };
}

function repaired(
  resource: JsonObject,
  how: { readonly type: string; readonly validate: Validate; readonly issues: NormaliseIssue[] },
): JsonObject | undefined {
  const { type, validate, issues } = how;
  let now = resource;
  for (let count = 0; count <= MAX_REPAIRS; count += 1) {
    const [fault] = validate(now);
    if (fault === undefined) return now;
    const next = withoutFault(now, fault);
    const severity = next === undefined ? 'error' : 'warning';
    issues.push({ severity, code: 'invalid', type, expression: fault.expression, fault: fault.rule });
    if (next === undefined) return undefined;
    now = next;
  }
  issues.push({ severity: 'error', code: 'invalid', type, expression: type, fault: 'too-many-faults' });
  return undefined;
}

/** The resource without the element at fault; without the one around it where the fault is that something lacks. */
function withoutFault(resource: JsonObject, { rule, expression }: ResourceFault): JsonObject | undefined {
  const steps = expression.split('.').slice(1).flatMap(stepsOf);
  const path = rule === 'required' ? steps.slice(0, -1) : steps;
  const shortened = path.length === 0 ? undefined : cutAt(resource, path);
  return isObject(shortened) && shortened !== resource ? shortened : undefined;
}

function stepsOf(part: string): readonly (string | number)[] {
  const [, name = part, index] = /^(.*?)\[(\d+)\]$/.exec(part) ?? [];
  return index === undefined ? [name] : [name, Number(index)];
}

type PathSteps = readonly (string | number)[];

function cutAt(value: JsonValue, path: PathSteps): JsonValue | undefined {
  const [step, ...rest] = path;
  if (typeof step === 'number') return isList(value) ? cutItem(value, step, rest) : value;
  return step !== undefined && isObject(value) ? cutMember(value, step, rest) : value;
}

function cutMember(value: JsonObject, step: string, rest: PathSteps): JsonValue | undefined {
  const name = memberName(value, step, rest.length === 0);
  const before = name === undefined ? undefined : value[name];
  if (name === undefined || before === undefined) return value;
  const inner = rest.length === 0 ? undefined : cutAt(before, rest);
  if (inner === before) return value;
  if (inner !== undefined) return { ...value, [name]: inner };
  const { [name]: _, ...others } = value;
  return Object.keys(others).length === 0 ? undefined : others;
}

/** Expressions name an element; in JSON it may be a choice, or the sibling that holds a primitive's extensions. */
function memberName(value: JsonObject, step: string, isLast: boolean): string | undefined {
  const choice = Object.keys(value).find((name) => new RegExp(`^${step}[A-Z]`).test(name));
  const names = isLast ? [step, `_${step}`] : [step];
  return names.find((name) => value[name] !== undefined) ?? choice;
}

function cutItem(
  items: readonly JsonValue[],
  at: number,
  rest: readonly (string | number)[],
): JsonValue | undefined {
  const before = items[at];
  if (before === undefined) return items;
  const inner = rest.length === 0 ? undefined : cutAt(before, rest);
  if (inner === before) return items;
  const left = inner === undefined ? items.toSpliced(at, 1) : items.with(at, inner);
  return left.length === 0 ? undefined : left;
}

const LITERAL = /^[A-Z][A-Za-z]+\/[0-9a-f-]{36}$/;

/** A resource without the references that lead to nothing, each with an issue; the same object where there is none. */
function withoutDangling(one: Unjudged, ids: ReadonlySet<string>, issues: NormaliseIssue[]): JsonObject {
  const { type, resource } = one;
  const cut = cutDangling(resource, type, (reference, expression) => {
    const isLost = LITERAL.test(reference) && !ids.has(reference);
    if (isLost) issues.push({ severity: 'warning', code: 'dangling-reference', type, expression });
    return isLost;
  });
  return isObject(cut) ? cut : resource;
}

type IsLost = (reference: string, expression: string) => boolean;

/** A value without the elements whose reference is lost, and without what holds nothing else; unchanged: the same value. */
function cutDangling(value: JsonValue, path: string, isLost: IsLost): JsonValue | undefined {
  if (isList(value)) {
    const items = value.map((item, at) => cutDangling(item, `${path}[${at}]`, isLost));
    if (items.every((item, at) => item === value[at])) return value;
    const left = items.filter((item) => item !== undefined);
    return left.length === 0 ? undefined : left;
  }
  if (!isObject(value)) return value;
  const { reference } = value;
  if (typeof reference === 'string' && isLost(reference, path)) return undefined;
  const members = Object.entries(value).map(([name, member]): [string, JsonValue | undefined] => [
    name,
    member === undefined ? undefined : cutDangling(member, `${path}.${name}`, isLost),
  ]);
  if (members.every(([name, member]) => member === value[name])) return value;
  const left = members.filter(([, member]) => member !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
