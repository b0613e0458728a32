import type { ConsentRules, Facts, Interval, OwnAccess, Predicate, Rule } from '#consent';
import { naiveVisible } from '../property/naive.js';
import type { Caller } from './callers.js';
import { type Input, NOW_MS, seededUuid, versionIdOf } from './inputs.js';
import { provenanceKeyOf, provenanceRefOf } from './provenance.js';
import {
  ACT,
  CODES,
  LOINC,
  PATIENTS,
  patientOf,
  PEOPLE,
  type Resource,
  type Version,
  type Wish,
  type World,
} from './worlds.js';

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const DAY_MS = 86_400_000;

/** A version as the oracle sees it: the input that brings it, its facts, whose it is. */
interface Seen {
  readonly key: string;
  readonly versionId: string;
  readonly facts: Facts;
  readonly patients: readonly string[];
  readonly deleted: boolean;
}

/** What the caller may see of a world, by the naive oracle: nothing of it comes from the product but the types. */
export class Oracle {
  readonly #world: World;
  readonly #rules: readonly ConsentRules[];
  readonly #persons: ReadonlyMap<string, string>;
  /** Versions by `Type/id`, oldest first. */
  readonly versions: ReadonlyMap<string, readonly Seen[]>;

  constructor(given: World) {
    this.#world = given;
    this.#persons = personsOf(given);
    this.#rules = given.wishes.map((one, at) => rulesOf(one, at, this.#persons.get(patientOf(one))));
    const told = new Map([
      ...PATIENTS.map((id): [string, readonly Seen[]] => [`Patient/${id}`, [seenPatient(id)]]),
      ...given.resources.map((one, at): [string, readonly Seen[]] => [
        `${one.type}/r${at}`,
        seenVersions(one, `r${at}`),
      ]),
    ]);
    const origins = [...told].flatMap(([ref, versions]) => versions.map((one) => seenProvenance(ref, one)));
    this.versions = new Map([...told, ...origins]);
  }

  /** The versions of a resource that may be seen: none unless the current one may. */
  shown(ref: string): readonly Seen[] {
    const all = this.versions.get(ref) ?? [];
    const current = all.at(-1);
    if (current === undefined || !this.#isVisible(current, true)) return [];
    // What is told of a version is no more visible than the resource is now.
    if (current.facts.targets.some((target) => this.shown(target).length === 0)) return [];
    return all.filter((one) => this.#isVisible(one, one === current));
  }

  /** What a search of a type finds. */
  found(type: string): readonly string[] {
    return [...this.versions.keys()].filter(
      (ref) => ref.startsWith(`${type}/`) && this.shown(ref).at(-1)?.deleted === false,
    );
  }

  /** The inputs that tell the caller nothing that it may not know: store B is made of these. */
  isShown(input: Input): boolean {
    switch (input.kind) {
      case 'resource':
      case 'deletion':
        return [...this.versions.keys()].some((ref) => this.shown(ref).some(({ key }) => key === input.key));
      case 'link':
        return this.#world.moves.length > 0 || this.#isGranted(input.person) || this.#isOwn(input.person);
      case 'grant':
        return this.#counts(Number(input.key.split(' ')[1]));
      case 'unlink':
        return true;
      case 'revoke':
        return false;
      default:
        return input satisfies never;
    }
  }

  #isGranted(person: string): boolean {
    if (this.#world.caller.patient !== undefined) return false;
    return this.#world.wishes.some(
      (one, at) => one.effect === 'permit' && `person ${one.person}` === person && this.#counts(at),
    );
  }

  /** Whether a wish is about this caller, for its purpose, and in force: its own rules are its own to know. */
  #counts(at: number): boolean {
    const one = this.#world.wishes[at];
    if (one === undefined || this.#meansNothing(one)) return false;
    const { purpose = '' } = this.#world.caller;
    const inTime = one.fromMs <= NOW_MS && NOW_MS < one.toMs;
    const holds = one.fate === 'in force' || (one.effect === 'deny' && one.fate !== 'revoked');
    return inTime && holds && (one.purposes === null || one.purposes.includes(purpose));
  }

  /** What is said to another client; and to her own app a permit, which it does not need, or what another person says. */
  #meansNothing(one: Wish): boolean {
    if (one.client !== 'app') return true;
    const isByConsent = this.#world.caller.patient === undefined;
    return !isByConsent && (one.effect === 'permit' || !this.#isOfHers(patientOf(one)));
  }

  #isOwn(person: string): boolean {
    const { patient } = this.#world.caller;
    return patient !== undefined && this.#persons.get(patient) === seededUuid(person);
  }

  #isOfHers(other: string): boolean {
    const { patient = '' } = this.#world.caller;
    const person = this.#persons.get(patient);
    return person !== undefined && this.#persons.get(other) === person;
  }

  #isVisible(one: Seen, current: boolean): boolean {
    const { granular, caller } = this.#world;
    const coded = `${LOINC}|${CODES.A}`;
    if (
      granular !== null &&
      (one.facts.type !== 'Observation' || one.deleted || !current || !one.facts.codes.includes(coded))
    ) {
      return false;
    }
    const persons = one.patients.map((id) => this.#persons.get(id));
    const asked = predicateOf(caller);
    const { patient } = caller;
    if (patient === undefined) return naiveVisible({ facts: one.facts, persons }, this.#rules, asked);
    const person = this.#persons.get(patient) ?? 'nobody';
    const own = { ...asked, directory: false, own: ownOf(patient, person) };
    return naiveVisible({ facts: one.facts, persons }, this.#rules, own);
  }
}

/** The persons of the patients in the end: each move counts, the last one last. */
function personsOf({ moves }: World): ReadonlyMap<string, string> {
  const persons = new Map<string, string>();
  for (const patient of PATIENTS) {
    const person = PEOPLE[patient];
    if (typeof person === 'number') persons.set(patient, seededUuid(`person ${person}`));
  }
  for (const { patient, to } of moves) persons.set(patient, seededUuid(`person ${to}`));
  return persons;
}

function predicateOf({ purpose = '' }: Caller): Predicate {
  return {
    tenant: 'default',
    actors: ['client:app'],
    purpose,
    action: 'access',
    scopes: [{ type: '*', criteria: [] }],
    asOf: { number: 1n, hash: '0x', position: 1n },
    now: { lo: NOW_MS, hi: NOW_MS },
    directory: true,
  };
}

/** A person's own access to all of hers, but for what her physician must tell her, and for what nobody has labelled. */
function ownOf(patient: string, person: string): OwnAccess {
  const any = { ...ANY, valid: { from: -Infinity, to: Infinity }, actors: ['client:app'] };
  const rules: readonly Rule[] = [
    { ...any, ordinal: 0, effect: 'permit', purposes: ['PATRQT'], actions: ['access'] },
    {
      ...any,
      ordinal: 1,
      effect: 'deny',
      purposes: null,
      actions: null,
      labels: [`${ACT}|PSYTHPN`, `${ACT}|TBOO`],
    },
  ];
  const group = { consent: 'own', person, kind: 'permit' as const, rules };
  return {
    patient,
    rules: { ...group, fromPosition: 1n, untilPosition: null },
    basis: { kind: 'policy', policy: 'P-SELF', digest: '' },
  };
}

const ANY = {
  codes: null,
  labels: null,
  data: null,
  instances: null,
  related: null,
  authors: null,
  classes: null,
};

/** A Consent binds whoever is now the person of the patient whom it names. */
function rulesOf(one: Wish, at: number, person = ''): ConsentRules {
  const shared = {
    actors: [`client:${one.client}`],
    actions: null,
    valid: { from: -Infinity, to: Infinity },
  };
  const data = one.days === null ? null : spanOf(one.days[0], one.days[1]);
  const { classes, codes, purposes, effect } = one;
  const base = {
    ...ANY,
    ...shared,
    ordinal: 0,
    effect,
    classes,
    codes,
    purposes,
    data,
    valid: { from: one.fromMs, to: one.toMs },
  };
  const exception = {
    ...ANY,
    ...shared,
    ordinal: 1,
    effect: 'deny' as const,
    purposes: null,
    labels: one.except,
  };
  const ended = one.fate === 'revoked' || (one.fate === 'latched' && effect === 'permit');
  return {
    consent: `wish ${at}`,
    person,
    kind: effect,
    rules: one.except.length === 0 ? [base] : [base, exception],
    window: { from: -Infinity, to: Infinity },
    fromPosition: one.fate === 'filed' ? null : 1n,
    untilPosition: ended ? 1n : null,
    citation: { chainId: '', contract: '', subject: '', grantId: '', version: 1, binding: '' },
  };
}

function spanOf(first: number, last: number): Interval {
  return { from: Date.UTC(2026, 0, first), to: Date.UTC(2026, 0, last) + DAY_MS };
}

function seenPatient(id: string): Seen {
  const labels = [`${CONFIDENTIALITY}|N`];
  const facts = { ...NOTHING, type: 'Patient', id, codes: [], labels, time: null };
  const key = `${id} record`;
  return { key, versionId: versionIdOf(key), facts, patients: [id], deleted: false };
}

/** The Provenance of a version: told with it, of the same patients, and under all that is known of it. */
function seenProvenance(ref: string, { key, versionId, facts, patients }: Seen): [string, readonly Seen[]] {
  const made = provenanceRefOf(ref, versionId);
  const own = { ...facts, type: 'Provenance', id: made.split('/')[1] ?? '', targets: [ref] };
  return [
    made,
    [{ key, versionId: versionIdOf(provenanceKeyOf(key)), facts: own, patients, deleted: false }],
  ];
}

const NOTHING = { versionId: '', labelRules: '', authors: ['?'], related: ['?'], targets: [], source: '' };

function seenVersions({ type, versions, deleted }: Resource, id: string): readonly Seen[] {
  const written = versions.map((one, at) => ({
    key: `${id} ${at}`,
    versionId: versionIdOf(`${id} ${at}`),
    facts: factsOf(type, id, one),
    patients: patientsOf(type, one),
    deleted: false,
  }));
  const last = written.at(-1);
  return deleted && last !== undefined
    ? [...written, { ...last, key: `${id} gone`, versionId: versionIdOf(`${id} gone`), deleted: true }]
    : written;
}

function factsOf(type: string, id: string, { code, day }: Version): Facts {
  const labels = { A: ['N'], B: ['N'], HIV: ['R'], text: [] }[code].map(
    (level) => `${CONFIDENTIALITY}|${level}`,
  );
  const more = { A: [], B: [], HIV: [`${ACT}|HIV`], text: ['?'] }[code];
  return {
    ...NOTHING,
    type,
    id,
    codes: code === 'text' ? ['?'] : [`${LOINC}|${CODES[code]}`],
    labels: [...labels, ...more],
    time: day === null ? null : spanOf(day, day),
  };
}

function patientsOf(type: string, { subject, performer }: Version): readonly string[] {
  return type === 'Observation' && performer !== null ? [...new Set([subject, performer])] : [subject];
}
