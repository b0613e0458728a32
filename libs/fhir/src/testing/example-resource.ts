import type { JsonObject, JsonValue } from '#digest';
import { CODE_SETS } from '../generated/code-sets.js';
import { RESOURCE_TYPES } from '../generated/resource-types.js';
import { typeModel, type ElementType, type Member } from '../element-model.js';

/** Elements that say nothing about search and would make the examples huge: everywhere, and of the resource itself. */
const LEFT_OUT = new Set(['extension', 'modifierExtension']);
const LEFT_OUT_ABOVE = new Set(['contained', 'meta', 'text', 'implicitRules', 'language']);
const MAX_DEPTH = 6;

const PRIMITIVES: Readonly<Record<string, (n: number) => JsonValue>> = {
  base64Binary: () => 'AAAA',
  boolean: (n) => n % 2 === 0,
  canonical: (n) => `http://example.org/canonical/${n}|1.${n}`,
  code: (n) => `code-${n}`,
  date: (n) => `2020-0${1 + (n % 9)}-1${n % 10}`,
  dateTime: (n) =>
    ['2019', '2020-05', '2021-02-03', '2021-02-03T04:05:06Z', '2021-02-03T04:05:06.7+01:00'][n % 5] ?? '',
  decimal: (n) => n / 4,
  id: (n) => `id-${n}`,
  instant: (n) => `2021-02-03T04:05:0${n % 10}.123Z`,
  integer: (n) => n - 3,
  markdown: (n) => `**text** ${n}`,
  oid: (n) => `urn:oid:1.2.${n}`,
  positiveInt: (n) => n + 1,
  string: (n) => `Zoë ${n}`,
  time: () => '12:34:56',
  unsignedInt: (n) => n,
  uri: (n) => `http://example.org/uri/${n}`,
  url: (n) => `http://example.org/url/${n}`,
  uuid: (n) => `urn:uuid:0000000${n % 10}-0000-4000-8000-000000000000`,
  xhtml: () => '<div xmlns="http://www.w3.org/1999/xhtml">text</div>',
};

/**
 * A resource with every element of its type, valid by base R4 but for invariants.
 * @param seed chooses types of choices, targets of references and values; another seed, other ones.
 */
export function exampleResource(type: string, seed: number): JsonObject {
  const counter = { n: seed };
  return { resourceType: type, ...exampleObject(type, { seed, depth: 0, counter }), id: `example-${seed}` };
}

interface State {
  readonly seed: number;
  readonly depth: number;
  readonly counter: { n: number };
}

function exampleObject(type: string, state: State): JsonObject {
  const model = typeModel(type);
  if (model === undefined) throw new Error(`no model of ${type}`);
  const all = [...model.members];
  const chosen = all.filter(([name, member]) => isChosen(name, member, state));
  const members =
    chosen.length > 0 ? chosen : all.filter(([name, member]) => isFiller(name, member, state)).slice(0, 1);
  return Object.fromEntries(
    members.flatMap(([name, member]): [string, JsonValue][] => {
      const value = exampleMember(member, state);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What keeps an object at the depth limit from being empty: a primitive, or something that has one. */
function isFiller(name: string, { type }: Member, { depth }: State): boolean {
  const fits = PRIMITIVES[type.code] !== undefined || depth < MAX_DEPTH + 2;
  return name !== 'id' && !LEFT_OUT.has(name) && fits;
}

/** One form of each choice; at the depth limit only what is required. */
function isChosen(name: string, { rule, type }: Member, { seed, depth }: State): boolean {
  if (LEFT_OUT.has(name) || (depth === 0 ? LEFT_OUT_ABOVE.has(name) : name === 'id')) return false;
  if (depth >= MAX_DEPTH && !rule.isRequired) return false;
  return rule.types[(seed + depth) % rule.types.length]?.code === type.code;
}

function exampleMember({ rule, type }: Member, state: State): JsonValue | undefined {
  const one = exampleValue(type, rule.codeSet, state);
  if (one === undefined || !rule.isList) return one;
  const other = exampleValue(type, rule.codeSet, state);
  return other === undefined || state.depth > 2 ? [one] : [one, other];
}

function exampleValue(type: ElementType, codeSet: string | undefined, state: State): JsonValue | undefined {
  state.counter.n += 1;
  const { n } = state.counter;
  if (codeSet !== undefined) return exampleCode(type.code, codeSet, n);
  const primitive = PRIMITIVES[type.code];
  if (primitive !== undefined) return primitive(n);
  if (type.code === 'Reference') return exampleReference(type.targets, n);
  if (type.code === 'Resource') return { resourceType: 'Basic', id: `inner-${n}`, code: { text: 'inner' } };
  const value = exampleObject(type.code, { ...state, depth: state.depth + 1 });
  return Object.keys(value).length === 0 ? undefined : value;
}

/** One of a list, spread evenly whatever the stride of `n`. */
function pick<Item>(list: readonly Item[], n: number): Item | undefined {
  return list[(Math.imul(n, 2_654_435_761) >>> 8) % list.length];
}

function exampleCode(type: string, codeSet: string, n: number): JsonValue {
  const lines = CODE_SETS[codeSet] ?? [];
  const [system = '', ...codes] = (pick(lines, n) ?? '').split(' ');
  const code = decodeURI(pick(codes, n + 1) ?? '');
  if (type === 'code') return code;
  const coding = { system, code };
  return type === 'Coding' ? coding : { coding: [coding], text: `text ${n}` };
}

function exampleReference(targets: readonly string[], n: number): JsonObject {
  const any = targets.length === 0 || targets.includes('Resource');
  const types = any ? [pick(RESOURCE_TYPES, n) ?? 'Basic', 'Patient'] : targets;
  const type = pick(types, n) ?? 'Basic';
  return { reference: n % 7 === 0 ? `https://other.example/fhir/${type}/r${n}` : `${type}/r${n}` };
}
