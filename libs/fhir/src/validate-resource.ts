import type { JsonObject, JsonValue } from '#digest';
import { isInCodeSet } from './code-sets.js';
import { typeModel, type ElementType, type Member, type TypeModel } from './element-model.js';
import { isList, isObject, textOf } from './json-shape.js';
import { primitiveCheck } from './primitive-types.js';
import { parseReference } from './reference.js';
import { isResourceType } from './resource-types.js';

/** A fault of a resource. It names the place and the rule, never what stands there. */
export interface ValidationIssue {
  /** FHIR issue type. */
  readonly code: 'structure' | 'required' | 'value' | 'code-invalid' | 'too-long';
  /** FHIRPath of the element, with indices. For an unknown member, that of the object that has it. */
  readonly expression: string;
  /** The rule that is broken, as one word. */
  readonly rule:
    | 'type-known'
    | 'member-known'
    | 'required'
    | 'single'
    | 'list'
    | 'one-of-choice'
    | 'not-empty'
    | 'primitive'
    | 'object'
    | 'binding'
    | 'target'
    | 'no-nested-contained'
    | 'too-many-issues';
}

const MAX_ISSUES = 100;

/**
 * Checks a resource against base R4: members, cardinality, choices, primitives, required bindings that can be listed, and the
 * target types of literal references. Invariants, profiles and narrative content are not looked at.
 * @returns issues in document order, at most 100 and a last one that says so; empty where the resource is valid.
 * @see https://hl7.org/fhir/R4/validation.html
 */
export function validateResource(resource: JsonObject): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  checkResource(resource, textOf(resource, 'resourceType') ?? 'Resource', issues, false);
  return issues;
}

type Issues = ValidationIssue[];

function report(issues: Issues, expression: string, rule: ValidationIssue['rule']): void {
  if (issues.length > MAX_ISSUES) return;
  const isLast = issues.length === MAX_ISSUES;
  issues.push(
    isLast
      ? { code: 'too-long', expression: '', rule: 'too-many-issues' }
      : { code: CODES[rule], expression, rule },
  );
}

const CODES: Readonly<Record<ValidationIssue['rule'], ValidationIssue['code']>> = {
  'type-known': 'structure',
  'member-known': 'structure',
  required: 'required',
  single: 'structure',
  list: 'structure',
  'one-of-choice': 'structure',
  'not-empty': 'structure',
  primitive: 'value',
  object: 'structure',
  binding: 'code-invalid',
  target: 'value',
  'no-nested-contained': 'structure',
  'too-many-issues': 'too-long',
};

function checkResource(value: JsonValue, path: string, issues: Issues, isContained: boolean): void {
  const type = isObject(value) ? textOf(value, 'resourceType') : undefined;
  const model = type === undefined || !isResourceType(type) ? undefined : typeModel(type);
  if (!isObject(value) || model === undefined) return report(issues, path, 'type-known');
  if (isContained && value['contained'] !== undefined) report(issues, path, 'no-nested-contained');
  checkObject(value, model, path, issues);
}

function checkObject(object: JsonObject, model: TypeModel, path: string, issues: Issues): void {
  const names = Object.keys(object);
  if (names.length === 0) return report(issues, path, 'not-empty');
  for (const name of names) checkMember(object, name, model, { path, issues });
  for (const { rule, names: forms } of model.required) {
    const isThere = forms.some((form) => object[form] !== undefined || object[`_${form}`] !== undefined);
    if (!isThere) report(issues, `${path}.${rule.name.replace('[x]', '')}`, 'required');
  }
  for (const choice of model.choices) {
    if (choice.filter((form) => object[form] !== undefined).length > 1) {
      report(issues, path, 'one-of-choice');
    }
  }
}

interface Place {
  readonly path: string;
  readonly issues: Issues;
}

function checkMember(object: JsonObject, name: string, model: TypeModel, { path, issues }: Place): void {
  if (name === 'resourceType' && isResourceType(textOf(object, name) ?? '')) return;
  const isSibling = name.startsWith('_');
  const plain = isSibling ? name.slice(1) : name;
  const member = memberOf(model, plain, isSibling);
  if (member === undefined) return report(issues, path, 'member-known');
  const place = { path: `${path}.${member.rule.name.replace('[x]', '')}`, issues };
  const value = object[name] ?? null;
  const form = formFault(value, member);
  if (form !== undefined) return report(issues, place.path, form);
  const sibling = object[isSibling ? plain : `_${plain}`];
  checkValues(value, sibling, isSibling ? EXTENSION_CARRIER : member, place);
}

function formFault(value: JsonValue, { rule }: Member): 'list' | 'single' | undefined {
  if (isList(value) === rule.isList) return undefined;
  return rule.isList ? 'list' : 'single';
}

/** Only primitives have an underscored sibling. */
function memberOf(model: TypeModel, plain: string, isSibling: boolean): Member | undefined {
  const member = model.members.get(plain);
  const isPrimitive = member !== undefined && primitiveCheck(member.type.code) !== undefined;
  return isSibling && !isPrimitive ? undefined : member;
}

/** What stands in `_name` beside a primitive: an Element with id and extensions. */
const EXTENSION_CARRIER: Member = {
  rule: { name: '', isRequired: false, isList: false, types: [], codeSet: undefined },
  type: { code: 'Element', targets: [] },
};

/** A null is allowed in a list of primitives, where its sibling list has something at that place. */
function checkValues(value: JsonValue, sibling: JsonValue | undefined, member: Member, place: Place): void {
  if (!isList(value)) return checkValue(value, member, place);
  if (value.length === 0) return report(place.issues, place.path, 'not-empty');
  for (const [at, one] of value.entries()) {
    const other = isList(sibling) ? sibling[at] : undefined;
    if (one === null && other !== undefined && other !== null) continue;
    checkValue(one, member, { path: `${place.path}[${at}]`, issues: place.issues });
  }
}

function checkValue(value: JsonValue, member: Member, place: Place): void {
  const { type, rule } = member;
  const isPrimitive = primitiveCheck(type.code);
  if (isPrimitive !== undefined) {
    if (!isPrimitive(value)) return report(place.issues, place.path, 'primitive');
  } else checkComplex(value, type, place);
  if (rule.codeSet !== undefined && !isInCodeSet(rule.codeSet, value)) {
    report(place.issues, place.path, 'binding');
  }
}

function checkComplex(value: JsonValue, type: ElementType, { path, issues }: Place): void {
  if (type.code === 'Resource') return checkResource(value, path, issues, path.includes('.contained['));
  const model = typeModel(type.code);
  if (!isObject(value) || model === undefined) return report(issues, path, 'object');
  checkObject(value, model, path, issues);
  if (type.code === 'Reference' && !isTarget(value, type.targets)) report(issues, path, 'target');
}

function isTarget(reference: JsonObject, targets: readonly string[]): boolean {
  if (targets.length === 0 || targets.includes('Resource')) return true;
  const text = textOf(reference, 'reference');
  const target = text === undefined ? undefined : parseReference(text);
  if (target?.kind === 'local' || target?.kind === 'remote') return targets.includes(target.type);
  const type = textOf(reference, 'type');
  return type === undefined || !isResourceType(type) || targets.includes(type);
}
