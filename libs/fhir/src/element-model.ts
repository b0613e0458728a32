import { ELEMENTS } from './generated/elements.js';

/** A type that an element may have; `targets` are those of a reference. */
export interface ElementType {
  readonly code: string;
  readonly targets: readonly string[];
}

/** An element of a type: how often, of which types, from which value set. */
export interface ElementRule {
  /** Name as in the definition: `value[x]` for a choice. */
  readonly name: string;
  readonly isRequired: boolean;
  readonly isList: boolean;
  readonly types: readonly ElementType[];
  readonly codeSet: string | undefined;
}

/** A JSON member of a type: the element it stands for, and the type that its name says. */
export interface Member {
  readonly rule: ElementRule;
  readonly type: ElementType;
}

/** The members that an object of a type may have. */
export interface TypeModel {
  readonly members: ReadonlyMap<string, Member>;
  /** Required elements with the names by which each may be present. */
  readonly required: readonly { readonly rule: ElementRule; readonly names: readonly string[] }[];
  /** Names of choices of more than one type, by choice. */
  readonly choices: readonly (readonly string[])[];
}

const models = new Map<string, TypeModel | undefined>();

/** The model of a resource type, data type or backbone path; undefined where there is none. */
export function typeModel(type: string): TypeModel | undefined {
  if (models.has(type)) return models.get(type);
  if (!Object.hasOwn(ELEMENTS, type)) return undefined;
  const model = modelOf(rulesOf(type));
  models.set(type, model);
  return model;
}

/** JSON member name of a choice: `value[x]` as Quantity is `valueQuantity`. */
function memberName(rule: ElementRule, type: string): string {
  if (!rule.name.endsWith('[x]')) return rule.name;
  return `${rule.name.slice(0, -3)}${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
}

function rulesOf(type: string): ElementRule[] {
  const [base = '', ...lines] = ELEMENTS[type] ?? [];
  return [...(base === '' ? [] : rulesOf(base)), ...lines.map(parseLine)];
}

function parseLine(line: string): ElementRule {
  const [name = '', min, max, types = '', codeSet] = line.split(' ');
  return {
    name,
    isRequired: min !== '0',
    isList: max === '*',
    types: types.split(',').map(parseType),
    codeSet: codeSet?.slice(1),
  };
}

function parseType(text: string): ElementType {
  const [code = '', targets] = text.replace(/\)$/, '').split('(');
  return { code, targets: targets?.split('|') ?? [] };
}

function modelOf(rules: readonly ElementRule[]): TypeModel {
  const named = rules.map((rule) => ({ rule, names: rule.types.map((type) => memberName(rule, type.code)) }));
  const members = rules.flatMap((rule) =>
    rule.types.map((type): [string, Member] => [memberName(rule, type.code), { rule, type }]),
  );
  return {
    members: new Map(members),
    required: named.filter(({ rule }) => rule.isRequired),
    choices: named.filter(({ names }) => names.length > 1).map(({ names }) => names),
  };
}
