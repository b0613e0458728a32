import { decideTrail, type PolicyBasis, type TrailDecision } from '#consent';
import {
  actorOf,
  identified,
  opOf,
  refusedSubject,
  requestOf,
  sealAnswer,
  sealRefusal,
  type Incoming,
  type NamedPerson,
  type Rendered,
  type Sealable,
  type Served,
} from '#http';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS, type SubjectDraft } from '#provenance';
import { covers, type Principal } from '#smart';
import type { Parts } from '../parts.js';
import { trailPeople, type TrailPerson } from './trail-people.js';

/** A question about accesses to records. */
export interface TrailQuestion {
  readonly patients: readonly string[];
  readonly answer: (seen: TrailView, parts: Parts) => Promise<TrailAnswer>;
}

/** What the caller may see of it. */
export interface TrailView {
  /** `undefined`: everybody's; none: nobody's. */
  readonly people: readonly TrailPerson[] | undefined;
}

/** What is about to leave, and whom it concerns. */
export interface TrailAnswer {
  readonly answer: Rendered;
  readonly concerned: readonly NamedPerson[];
}

/** A kind of question: how it is recorded, and read from a request. */
export interface TrailOperation {
  readonly interaction: string;
  /** What a scope on AuditEvent must cover. */
  readonly kind: 'read' | 'search-type';
  readonly read: (request: Incoming, parts: Parts) => TrailQuestion;
}

type Permitted = Exclude<TrailDecision, { readonly kind: 'refusal' }>;

/**
 * Answers a question about accesses: who, may she, find, seal. Reading the trail is an access as well, and refusals are
 * sealed with whom they named. Throws `seal-unavailable` alone.
 */
export async function serveTrail(
  operation: TrailOperation,
  request: Incoming,
  parts: Parts,
): Promise<Served> {
  const principal = await identified(request, parts);
  let named: readonly NamedPerson[] = [];
  const stop = (error: unknown) =>
    sealRefusal(request, principal, { error, interaction: operation.interaction, named }, parts);
  if (principal instanceof GatewayError) return stop(principal);
  try {
    parts.admission.enter(principal.client, request);
    const question = operation.read(request, parts);
    named = await namedOf(question.patients, parts);
    const decision = await decided(operation, principal, named, parts);
    if (decision.kind === 'refusal') return await stop(new GatewayError(decision.code));
    const view = { people: await peopleOf(decision, principal, question, parts) };
    const found = await question.answer(view, parts);
    if (found.answer.body.byteLength > parts.limits.answerBytes) throw new GatewayError('too-large');
    const subjects = subjectsOf(decision, named, found, principal.patient);
    const { answer } = found;
    const look = { interaction: operation.interaction, request, principal, subjects, answer };
    return { kind: 'sealed', sealed: await sealAnswer(sealableLook(look, parts), parts) };
  } catch (error) {
    return await stop(error);
  } finally {
    parts.admission.leave(request);
  }
}

/** Whether the caller may see accesses, and whose. */
export async function decided(
  { kind }: Pick<TrailOperation, 'kind'>,
  principal: Principal,
  named: readonly NamedPerson[],
  { rules }: Pick<Parts, 'rules'>,
): Promise<TrailDecision> {
  const { patient, roles, scopes } = principal;
  const own = patient === undefined ? undefined : (await rules.personsOf([patient])).get(patient);
  // a constraint that is not applied would widen access
  const whole = scopes.filter(({ params }) => params.length === 0);
  const levels = covers(whole, kind, 'AuditEvent').map(({ level }) => level);
  return decideTrail({ levels, roles, own, named: named.map(({ person }) => person) });
}

/** The persons of the Patients that a question names. */
export async function namedOf(
  patients: readonly string[],
  { rules }: Pick<Parts, 'rules'>,
): Promise<readonly NamedPerson[]> {
  if (patients.length === 0) return [];
  const persons = await rules.personsOf(patients);
  return patients.map((patient) => ({ patient, person: persons.get(patient) }));
}

/** The sub-entry of a person whose accesses were asked for. */
export function trailSubject(
  { person, patient }: NamedPerson,
  basis: PolicyBasis,
  wire: Uint8Array | undefined,
): SubjectDraft {
  return {
    person,
    patient: person === undefined || patient === '' ? null : patient,
    binding: null,
    content: [],
    wire,
    upstream: [],
    decision: { effect: 'permit', code: null, basis: [basis], obligations: [] },
    links: {},
  };
}

async function peopleOf(
  decision: Permitted,
  { patient }: Principal,
  { patients }: TrailQuestion,
  parts: Parts,
): Promise<readonly TrailPerson[] | undefined> {
  switch (decision.kind) {
    case 'nobody':
      return [];
    case 'everybody':
      return patients.length === 0 ? undefined : trailPeople(patients, parts);
    case 'own':
      return herTrail(
        decision.person,
        patients.length > 0 || patient === undefined ? patients : [patient],
        parts,
      );
    default:
      return decision satisfies never;
  }
}

/** Hers alone: who was told apart from her since it was decided is somebody else. */
async function herTrail(
  person: string,
  patients: readonly string[],
  parts: Parts,
): Promise<readonly TrailPerson[]> {
  const people = await trailPeople(patients, parts);
  const isHers = people.every((one) => one.former !== undefined || one.person === person);
  if (!isHers) throw new GatewayError('overloaded', { retryAfterS: 1 });
  return people;
}

/** Somebody looked into the trail: what of, and what is about to leave. */
export interface Look {
  readonly interaction: string;
  readonly request: Incoming;
  readonly principal: Principal;
  readonly subjects: readonly SubjectDraft[];
  readonly answer: Rendered;
}

/** A look with its record: reading the trail is an access as well. */
export function sealableLook(
  { interaction, request, principal, subjects, answer }: Look,
  parts: Parts,
): Sealable {
  const outcome = answer.status < 400 ? 'permit' : 'not-found';
  return {
    answer,
    record: {
      class: ENTRY_CLASS.access,
      op: { ...opOf(interaction, parts), outcome, status: answer.status, block: null },
      actor: actorOf(principal),
      request: requestOf(request),
      subjects,
    },
  };
}

/** Whose trail was read: whom the caller named, herself, or of everybody those who were shown. Of a 404, whom it kept hidden. */
function subjectsOf(
  decision: Permitted,
  named: readonly NamedPerson[],
  { answer, concerned }: TrailAnswer,
  patient = '',
): readonly SubjectDraft[] {
  if (answer.status >= 400) return concerned.map((one) => refusedSubject(one, 'not-found'));
  if (decision.kind === 'nobody') return [];
  const own = decision.kind === 'own' ? [{ patient, person: decision.person }] : concerned;
  return trailSubjects(named.length > 0 ? named : own, decision.basis, answer.body);
}

/** A sub-entry for each person once, under the first Patient by which she is named. */
export function trailSubjects(
  people: readonly NamedPerson[],
  basis: PolicyBasis,
  wire: Uint8Array,
): readonly SubjectDraft[] {
  const about = new Map<string, NamedPerson>();
  for (const one of people) {
    if (one.person !== undefined && !about.has(one.person)) about.set(one.person, one);
  }
  return [...about.values()].map((one) => trailSubject(one, basis, wire));
}
