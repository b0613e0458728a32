import fc from 'fast-check';
import type { JsonObject } from '#digest';
import type { Caller } from './callers.js';
import { grant, type Input, NOW_MS, scriptOf, type Told } from './inputs.js';

/** A grant or deny as it was wished for. */
export interface Wish {
  readonly person: number;
  /** Whether the Consent names the person's second record, where there is one. */
  readonly second: boolean;
  readonly client: 'app' | 'other';
  readonly effect: 'permit' | 'deny';
  readonly classes: readonly string[] | null;
  readonly purposes: readonly string[] | null;
  readonly codes: readonly string[] | null;
  readonly except: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly days: readonly [first: number, last: number] | null;
  readonly fate: 'in force' | 'filed' | 'latched' | 'revoked';
}

export interface Version {
  readonly code: 'A' | 'B' | 'HIV' | 'text';
  /** Of January 2026; `null`: no date. */
  readonly day: number | null;
  readonly subject: string;
  readonly performer: string | null;
  readonly focus: string | null;
}

export interface Resource {
  readonly type: 'Observation' | 'Condition';
  readonly versions: readonly Version[];
  readonly deleted: boolean;
}

/** A patient who turned out to be of another person, after everything was granted and before anything was stored. */
export interface Move {
  readonly patient: string;
  readonly to: number;
}

/** People, what they said, what is stored of them, and who asks. */
export interface World {
  readonly wishes: readonly Wish[];
  readonly moves: readonly Move[];
  readonly resources: readonly Resource[];
  readonly caller: Caller;
  /** Code to which the caller's scope for Observation is limited. */
  readonly granular: 'A' | null;
}

export const LOINC = 'http://loinc.org';
export const ACT = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const CODES = { A: '8480-6', B: '8462-4', HIV: '75622-1' } as const;
/** Patient ids and their persons; the last is linked to nobody. */
export const PEOPLE: Readonly<Record<string, number | null>> = { pa: 0, pb: 1, pc: 2, pd: 0, pe: null };
export const PATIENTS = Object.keys(PEOPLE);
const EDGES = [-Infinity, NOW_MS - 86_400_000, NOW_MS - 1000, NOW_MS, NOW_MS + 1000, Infinity];

const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 4): fc.Arbitrary<T | null> =>
  fc.oneof({ weight, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const mostly = <T>(usual: T, others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const wish: fc.Arbitrary<Wish> = fc.record({
  person: fc.nat(2),
  second: fc.boolean(),
  client: mostly<Wish['client']>('app', ['other']),
  effect: mostly<Wish['effect']>('permit', ['deny']),
  classes: maybe(fc.subarray(['Observation', 'Condition', 'Patient', 'Provenance'], { minLength: 1 })),
  purposes: maybe(fc.constantFrom(['TREAT'], ['HRESCH'], ['TREAT', 'HRESCH']), 5),
  codes: maybe(fc.constantFrom([`${LOINC}|${CODES.A}`], [`${LOINC}|${CODES.A}`, `${LOINC}|${CODES.HIV}`]), 4),
  except: mostly<readonly string[]>([], [[`${ACT}|HIV`]]),
  fromMs: mostly(-Infinity, EDGES.slice(0, 5)),
  toMs: mostly(Infinity, EDGES.slice(1)),
  days: maybe(fc.constantFrom([5, 15] as const, [10, 10] as const), 4),
  fate: mostly<Wish['fate']>('in force', ['filed', 'latched', 'revoked']),
});

const PLAIN: Wish = {
  person: 0,
  second: false,
  client: 'app',
  effect: 'permit',
  classes: null,
  purposes: null,
  codes: null,
  except: [],
  fromMs: -Infinity,
  toMs: Infinity,
  days: null,
  fate: 'in force',
};

const version: fc.Arbitrary<Version> = fc.record({
  code: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('A', 'B') },
    { weight: 1, arbitrary: fc.constantFrom('HIV', 'text') },
  ),
  day: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(4, 5, 10, 15, 16) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  subject: mostly('pa', PATIENTS.slice(1)).chain((one) => fc.constantFrom(one, 'pb', 'pd', ...PATIENTS)),
  performer: maybe(fc.constantFrom(...PATIENTS), 4),
  focus: maybe(fc.constantFrom(...PATIENTS), 4),
});

/** Worlds of a handful of people. */
export const world: fc.Arbitrary<World> = fc
  .record({
    wishes: fc.array(wish, { minLength: 1, maxLength: 5 }),
    // Persons who permit all, but for what they say besides.
    open: fc.subarray([0, 1, 2]),
    moves: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.uniqueArray(fc.record({ patient: fc.constantFrom('pa', 'pb', 'pd'), to: fc.nat(3) }), {
          selector: ({ patient }) => patient,
          minLength: 1,
          maxLength: 3,
        }),
      },
    ),
    resources: fc.array(
      fc.record({
        type: fc.constantFrom('Observation', 'Observation', 'Condition'),
        versions: fc.array(version, { minLength: 1, maxLength: 3 }),
        deleted: mostly(false, [true]),
      }),
      { minLength: 6, maxLength: 14 },
    ),
    purpose: mostly('TREAT', ['HRESCH']),
    granular: mostly<'A' | null>(null, ['A']),
    // the patient whose own app asks
    own: fc.oneof(
      { weight: 2, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(...PATIENTS) },
    ),
  })
  .map(({ wishes, open, moves, resources, purpose, granular, own }) => ({
    moves,
    wishes: [...wishes, ...open.map((person) => ({ ...PLAIN, person }))].map((one) =>
      one.fromMs < one.toMs ? one : { ...one, fromMs: -Infinity, toMs: Infinity },
    ),
    resources,
    granular,
    caller: {
      client: 'app',
      purpose: own === null ? purpose : 'PATRQT',
      scope: scopeOf(own === null ? 'system' : 'patient', granular),
      ...(own === null ? {} : { patient: own }),
    },
  }));

function scopeOf(level: 'system' | 'patient', granular: World['granular']): string {
  return granular === null ? `${level}/*.rs` : `${level}/Observation.rs?code=${LOINC}|${CODES[granular]}`;
}

/** Everything that is told of a world: the people, their words, and the resources. */
export function inputsOf({ wishes, moves, resources }: World): readonly Input[] {
  const people = PATIENTS.flatMap((patient): (readonly [string, Told])[] => [
    [
      `${patient} record`,
      { kind: 'resource', resource: { resourceType: 'Patient', id: patient, gender: 'other' } },
    ],
    ...linkOf(patient),
  ]);
  const words = wishes.map((one, at): readonly [string, Told] => [`wish ${at}`, toldWish(one)]);
  const ends = wishes.flatMap(({ fate }, at): (readonly [string, Told])[] =>
    fate === 'latched' || fate === 'revoked'
      ? [
          [
            `wish ${at} ends`,
            { kind: 'revoke', grant: `wish ${at}`, how: fate === 'latched' ? 'latch' : 'chain' },
          ],
        ]
      : [],
  );
  const moved = moves.flatMap(({ patient, to }, at): (readonly [string, Told])[] => [
    [`move ${at} ends`, { kind: 'unlink', patient }],
    [`move ${at}`, { kind: 'link', patient, person: `person ${to}` }],
  ]);
  const stored = resources.flatMap((resource, at) => toldResource(resource, `r${at}`));
  return scriptOf([...people, ...words, ...ends, ...moved, ...stored]);
}

function linkOf(patient: string): readonly (readonly [string, Told])[] {
  const person = PEOPLE[patient];
  return typeof person === 'number'
    ? [[`${patient} link`, { kind: 'link', patient, person: `person ${person}` }]]
    : [];
}

/** Whose record the Consent of a wish names. */
export function patientOf({ person, second }: Wish): string {
  const own = PATIENTS.filter((id) => PEOPLE[id] === person);
  return (second ? own[1] : undefined) ?? own[0] ?? '';
}

function toldWish(one: Wish): Told {
  const { person, second: _second, days, fate, codes, ...rest } = one;
  const patient = patientOf(one);
  return grant(
    `person ${person}`,
    { ...rest, patient, ...(codes === null ? {} : { codes }) },
    {
      onChain: fate !== 'filed',
      ...(days === null ? {} : { dataPeriod: { start: dayText(days[0]), end: dayText(days[1]) } }),
    },
  );
}

function toldResource(
  { type, versions, deleted }: Resource,
  id: string,
): readonly (readonly [string, Told])[] {
  const written = versions.map((one, at): readonly [string, Told] => [
    `${id} ${at}`,
    { kind: 'resource', resource: { resourceType: type, id, ...contentOf(type, one) } },
  ]);
  return deleted ? [...written, [`${id} gone`, { kind: 'deletion', of: `${type}/${id}` }]] : written;
}

function contentOf(type: Resource['type'], { code, day, subject, performer, focus }: Version): JsonObject {
  const shared = {
    code: code === 'text' ? { text: 'words' } : { coding: [{ system: LOINC, code: CODES[code] }] },
    subject: { reference: `Patient/${subject}` },
  };
  const at = day === null ? undefined : dayText(day);
  if (type === 'Condition') return { ...shared, onsetDateTime: at };
  return {
    ...shared,
    status: 'final',
    effectiveDateTime: at,
    performer: performer === null ? undefined : [{ reference: `Patient/${performer}` }],
    focus: focus === null ? undefined : [{ reference: `Patient/${focus}` }],
  };
}

function dayText(day: number): string {
  return `2026-01-${String(day).padStart(2, '0')}`;
}
