import { ACTOR_SYSTEMS, CONFIDENTIALITY, SENSITIVITIES, SYSTEMS } from './code-systems.js';
import {
  allow,
  child,
  children,
  consentFault,
  type Element,
  optionalChild,
  optionalText,
  text,
} from './element.js';
import { timeOf } from './fhir-time.js';
import { ALWAYS, type Criteria, type Interval } from './rule.js';
import { VOCABULARY } from './vocabulary.js';

/** One provision of a Consent: its type, its own period, its criteria. */
export interface Provision extends Criteria {
  readonly effect: 'permit' | 'deny';
  readonly period: Interval;
}

/** Values in one list of a provision at most. */
export const MAX_VALUES = 256;

const ACTIONS: readonly string[] = ['access', 'collect', 'use', 'disclose', 'correct'];
const RELATED: readonly string[] = ['Encounter', 'CarePlan', 'EpisodeOfCare'];
const MEMBERS = [
  'id',
  'type',
  'period',
  'actor',
  'action',
  'securityLabel',
  'purpose',
  'class',
  'code',
  'dataPeriod',
  'data',
];
const REFERENCE = /^([A-Z][A-Za-z]{1,63})\/[A-Za-z0-9\-.]{1,64}$/;
const ACTOR = /^[\x21-\x7e]{1,256}$/;

/**
 * Reads the criteria of a provision; its exceptions are the caller's.
 *
 * @throws GatewayError `profile-invalid` for whatever is not understood.
 */
export function parseProvision(element: Element, nested: boolean): Provision {
  allow(element, nested ? MEMBERS : [...MEMBERS, 'provision']);
  const type = text(element, 'type');
  if (type !== 'permit' && type !== 'deny') {
    throw consentFault('consent-value-unsupported', `${element.path}.type`);
  }
  return {
    effect: type,
    period: periodOf(element, 'period') ?? ALWAYS,
    actors: list(element, 'actor', actorOf),
    purposes: list(element, 'purpose', (item) => codeIn(item, SYSTEMS.purpose, VOCABULARY.purposes)),
    actions: list(element, 'action', actionOf),
    classes: list(element, 'class', (item) => codeIn(item, SYSTEMS.class, VOCABULARY.classes)),
    codes: children(element, 'code', MAX_VALUES)?.flatMap(codingsOf) ?? null,
    labels: list(element, 'securityLabel', labelOf),
    data: periodOf(element, 'dataPeriod') ?? null,
    ...dataOf(element),
  };
}

function list(element: Element, name: string, read: (item: Element) => string): readonly string[] | null {
  return children(element, name, MAX_VALUES)?.map(read) ?? null;
}

/** Half-open: a date as end means all of that day, a time of day is the end itself. */
function periodOf(element: Element, name: string): Interval | undefined {
  const period = optionalChild(element, name);
  if (period === undefined) return undefined;
  allow(period, ['start', 'end']);
  if (Object.keys(period.value).length === 0) throw consentFault('consent-member-missing', period.path);
  const from = boundOf(period, 'start')?.from ?? -Infinity;
  const to = endOf(period);
  if (from >= to) throw consentFault('consent-value-unsupported', period.path);
  return { from, to };
}

function endOf(period: Element): number {
  const end = boundOf(period, 'end');
  if (end === undefined) return Infinity;
  return text(period, 'end').includes('T') ? end.from : end.to;
}

function boundOf(period: Element, name: string): Interval | undefined {
  const value = optionalText(period, name);
  if (value === undefined) return undefined;
  const time = timeOf(value);
  if (time === undefined) throw consentFault('consent-value-unsupported', `${period.path}.${name}`);
  return time;
}

/** An actor string from `{role: IRCP, reference: {identifier}}`. */
function actorOf(actor: Element): string {
  allow(actor, ['id', 'role', 'reference']);
  codeableIn(child(actor, 'role'), SYSTEMS.role, ['IRCP']);
  const reference = child(actor, 'reference');
  allow(reference, ['type', 'identifier', 'display']);
  const identifier = child(reference, 'identifier');
  allow(identifier, ['system', 'value']);
  const system = text(identifier, 'system');
  const prefix = Object.entries(ACTOR_SYSTEMS).find(([, known]) => known === system)?.[0];
  const value = text(identifier, 'value');
  if (prefix === undefined || !ACTOR.test(value)) {
    throw consentFault('consent-value-unsupported', identifier.path);
  }
  return `${prefix}:${value}`;
}

function actionOf(action: Element): string {
  return codeableIn(action, SYSTEMS.action, ACTIONS);
}

/** The one code of a CodeableConcept, of a known system. */
export function codeableIn(concept: Element, system: string, codes: readonly string[]): string {
  allow(concept, ['id', 'coding', 'text']);
  const [coding, ...others] = children(concept, 'coding', MAX_VALUES) ?? [];
  if (coding === undefined || others.length > 0) {
    throw consentFault('consent-value-unsupported', concept.path);
  }
  return codeIn(coding, system, codes);
}

function codeIn(coding: Element, system: string, codes: readonly string[]): string {
  const value = codingOf(coding);
  const code = codes.find((known) => value === `${system}|${known}`);
  if (code === undefined) throw consentFault('consent-value-unsupported', coding.path);
  return code;
}

function labelOf(coding: Element): string {
  const value = codingOf(coding);
  const known =
    CONFIDENTIALITY.some((code) => value === `${SYSTEMS.confidentiality}|${code}`) ||
    SENSITIVITIES.some((code) => value === `${SYSTEMS.sensitivity}|${code}`);
  if (!known) throw consentFault('consent-value-unsupported', coding.path);
  return value;
}

function codingsOf(concept: Element): readonly string[] {
  allow(concept, ['id', 'coding', 'text']);
  const codings = children(concept, 'coding', MAX_VALUES);
  if (codings === undefined) throw consentFault('consent-member-missing', `${concept.path}.coding`);
  return codings.map(codingOf);
}

function codingOf(coding: Element): string {
  allow(coding, ['id', 'system', 'version', 'code', 'display', 'userSelected']);
  return `${text(coding, 'system')}|${text(coding, 'code')}`;
}

type DataMember = 'instances' | 'related' | 'authors';
const MEANINGS: Readonly<Record<string, DataMember | undefined>> = {
  instance: 'instances',
  related: 'related',
  authoredby: 'authors',
};

/** Repetitions of `data` OR in FHIR and members AND here, so that one provision may have one meaning only. */
function dataOf(element: Element): Pick<Criteria, DataMember> {
  const data = children(element, 'data', MAX_VALUES);
  const none = { instances: null, related: null, authors: null };
  if (data === undefined) return none;
  const [meaning, ...others] = new Set(data.map((item) => text(item, 'meaning')));
  const member = MEANINGS[meaning ?? ''];
  if (member === undefined || others.length > 0) {
    throw consentFault('consent-value-unsupported', `${element.path}.data`);
  }
  return { ...none, [member]: data.map((item) => referenceOf(item, member)) };
}

function referenceOf(item: Element, member: DataMember): string {
  allow(item, ['id', 'meaning', 'reference']);
  const reference = child(item, 'reference');
  allow(reference, ['reference', 'type', 'display']);
  const value = text(reference, 'reference');
  const type = REFERENCE.exec(value)?.[1];
  if (type === undefined || (member === 'related' && !RELATED.includes(type))) {
    throw consentFault('consent-value-unsupported', reference.path);
  }
  return value;
}
