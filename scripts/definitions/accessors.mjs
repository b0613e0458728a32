// Compiles the FHIRPath expressions of search parameters to plain paths: `component.valueQuantity:Quantity`.
// A step may carry a filter, `telecom[system=email]`; a leaf may name the only target type, `subject:Reference?Patient`.
import { choiceName, findElement } from './elements.mjs';

/** FHIR types that give rows for a kind of parameter. */
const LEAF_TYPES = {
  token: [
    'CodeableConcept',
    'Coding',
    'Identifier',
    'ContactPoint',
    'boolean',
    'code',
    'id',
    'string',
    'uri',
    'canonical',
    'oid',
    'positiveInt',
    'unsignedInt',
    'integer',
  ],
  string: ['string', 'markdown', 'HumanName', 'Address', 'code', 'uri', 'url'],
  reference: ['Reference', 'canonical', 'uri', 'url'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  number: ['integer', 'decimal', 'positiveInt', 'unsignedInt', 'Range'],
  quantity: [
    'Quantity',
    'Age',
    'Duration',
    'Distance',
    'Count',
    'Money',
    'SimpleQuantity',
    'MoneyQuantity',
    'Range',
  ],
  uri: ['uri', 'url', 'canonical', 'oid', 'uuid'],
};

/** The one expression that is no path: whether a person died. */
const DECEASED = /^(\w+)\.deceased\.exists\(\) and \1\.deceased != false$/;
const STEP = /^(?<name>\w+)(?:\[(?<index>\d+)\])?$/;
const CALL = /^(?<call>where|ofType)\((?<argument>.*)\)$/;
const IS = /^resolve\(\) is (?<type>\w+)$/;
const EQUALS = /^(?<name>\w+)\s*=\s*'(?<value>[^']*)'$/;

/** Splits at a character that stands outside parentheses. */
function splitOutside(text, at) {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === at && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

function withoutOuterParentheses(text) {
  const group = /^\((?<inner>[^()]*(?:\([^()]*\)[^()]*)*)\)(?<rest>.*)$/.exec(text);
  return group === null ? text : `${group.groups.inner}${group.groups.rest}`;
}

/** The steps of one union part for one type, or undefined where the part is about another type. */
function stepsFor(type, part) {
  const [head, ...steps] = splitOutside(withoutOuterParentheses(part), '.');
  if (head === type) return steps;
  return /^[a-z]/.test(head) ? [head, ...steps] : undefined;
}

/** A position while walking the steps: JSON path so far, its FHIR type, what is still a choice. */
function start(type) {
  return [{ path: [], type, element: undefined, target: undefined }];
}

function descend(model, at, name) {
  const element = findElement(model, at.type, name);
  if (element === undefined) return [];
  return element.types.map((type) => ({
    path: [...at.path, choiceName(element, type.code)],
    type: type.code,
    element,
    target: undefined,
  }));
}

function filter(at, argument) {
  const is = IS.exec(argument)?.groups;
  if (is !== undefined) return at.type === 'Reference' ? [{ ...at, target: is.type }] : [];
  const equals = EQUALS.exec(argument)?.groups;
  if (equals === undefined) return undefined;
  const path = [...at.path.slice(0, -1), `${at.path.at(-1)}[${equals.name}=${equals.value}]`];
  return [{ ...at, path }];
}

function advance(model, at, step) {
  const call = CALL.exec(step)?.groups;
  if (call?.call === 'ofType') return at.type === call.argument ? [at] : [];
  if (call?.call === 'where') return filter(at, call.argument);
  const plain = STEP.exec(step)?.groups;
  if (plain === undefined || plain.index !== undefined) return undefined;
  return descend(model, at, plain.name);
}

/** Positions that a union part reaches, or undefined where a step is not understood. */
function reach(model, type, steps) {
  let positions = start(type);
  for (const step of steps) {
    const next = positions.map((at) => advance(model, at, step));
    if (next.includes(undefined)) return undefined;
    positions = next.flat();
  }
  return positions;
}

function leaf(at) {
  return `${at.path.join('.')}:${at.type}${at.target === undefined ? '' : `?${at.target}`}`;
}

/**
 * Paths of a search parameter for one resource type.
 * `skipped` tells what the expression reaches and no row is made of; both empty: the expression is not understood.
 */
export function compilePaths(model, type, parameter) {
  const expression = parameter.expression ?? '';
  if (DECEASED.test(expression)) return { paths: ['deceased[x]:deceased'], skipped: [] };
  const parts = splitOutside(expression, '|')
    .map((part) => stepsFor(type, part))
    .filter((steps) => steps !== undefined && steps.length > 0);
  const reached = parts.map((steps) => reach(model, type, steps));
  if (reached.includes(undefined)) return { paths: [], skipped: [] };
  const positions = reached.flat();
  const kinds = LEAF_TYPES[parameter.type] ?? [];
  const usable = positions.filter((at) => kinds.includes(at.type));
  return {
    paths: [...new Set(usable.map(leaf))],
    skipped: positions.filter((at) => !kinds.includes(at.type)).map(leaf),
  };
}
