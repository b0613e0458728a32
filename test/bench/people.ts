import { randomBytes, randomUUID } from 'node:crypto';
import { uuidv7 } from '#digest';
import { ENTRY_CLASS, type AppendItem, type LogStore } from '#provenance';
import { makeVersionId, prepareVersion, type RowChange, type VersionWrite } from '#store';

const SOURCE = 'northside';
const CODES = ['8867-4', '8310-5', '9279-1', '29463-7', '2708-6'];
const AT_ONCE = 20;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** How many people, and how much of each. */
export interface PeopleWish {
  readonly people: number;
  readonly observations: number;
}

/** A synthetic person with her Observations. */
export interface BenchPerson {
  readonly patient: string;
  readonly observations: readonly string[];
}

/** Adds people through the write path, as a delivery of the demo vendor would; their copies count as fresh for an hour. */
export async function addPeople(
  log: LogStore<RowChange>,
  { people, observations }: PeopleWish,
): Promise<readonly BenchPerson[]> {
  const made = Array.from({ length: people }, () => personOf(observations));
  for (let from = 0; from < made.length; from += AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- a few at a time
    await log.append(made.slice(from, from + AT_ONCE).map(({ item }) => item));
  }
  return made.map(({ person }) => person);
}

function personOf(observations: number): { person: BenchPerson; item: AppendItem<RowChange> } {
  const patient = randomUUID();
  const person = randomUUID();
  const nowMs = Date.now();
  const versions = [
    versionOf({ resourceType: 'Patient', id: patient, name: [{ family: 'Bench' }], birthDate: '1970-01-01' }),
    ...Array.from({ length: observations }, (_, n) => versionOf(observationOf(patient, n, nowMs))),
  ];
  const sourceId = `bench-${patient}`;
  const freshUntilMs = nowMs + HOUR_MS;
  return {
    person: { patient, observations: versions.slice(1).map(({ id }) => id) },
    item: {
      record: recordOf({ person, patient, versions }, nowMs),
      writes: [
        { kind: 'link', patient, person, grade: 'certain', atMs: nowMs },
        { kind: 'source-patient', source: SOURCE, sourceId, patient },
        {
          kind: 'refreshed',
          source: SOURCE,
          sourceId,
          types: ['Patient', 'Observation'],
          atMs: freshUntilMs,
        },
        ...versions.map((version) => ({ kind: 'version' as const, version })),
      ],
    },
  };
}

function versionOf(resource: Parameters<typeof prepareVersion>[0]): VersionWrite {
  return prepareVersion(resource, {
    source: SOURCE,
    versionId: makeVersionId((bytes) => randomBytes(bytes)),
    lastUpdatedMs: Date.now(),
  });
}

function observationOf(patient: string, n: number, nowMs: number) {
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category';
  return {
    resourceType: 'Observation',
    id: randomUUID(),
    status: 'final',
    category: [{ coding: [{ system: category, code: 'vital-signs', display: 'Vital signs' }] }],
    code: {
      coding: [{ system: 'http://loinc.org', code: CODES[n % CODES.length] ?? '' }],
      text: 'A vital sign',
    },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: new Date(nowMs - n * HOUR_MS - MINUTE_MS).toISOString(),
    issued: new Date(nowMs - n * HOUR_MS).toISOString(),
    valueQuantity: { value: 60 + n, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  };
}

function recordOf(
  of: { readonly person: string; readonly patient: string; readonly versions: readonly VersionWrite[] },
  nowMs: number,
): AppendItem<RowChange>['record'] {
  const id = uuidv7(nowMs, randomBytes(10));
  return {
    class: ENTRY_CLASS.intake,
    op: {
      id,
      time: new Date(nowMs).toISOString(),
      phase: 'single',
      interaction: 'intake',
      outcome: 'permit',
      status: 200,
      block: null,
    },
    actor: NOBODY,
    request: { method: '-', path: SOURCE, parameters: new Uint8Array(), requestId: id, intent: null },
    subjects: [
      {
        person: of.person,
        patient: of.patient,
        binding: null,
        content: of.versions.map(({ type, id: resource, versionId, canon }) => ({
          type,
          id: resource,
          versionId,
          canon,
        })),
        wire: undefined,
        upstream: [],
        decision: { effect: 'permit', code: null, basis: [], obligations: [] },
        links: {},
      },
    ],
  };
}

const NOBODY = {
  client: null,
  user: null,
  organization: null,
  roles: [],
  purpose: null,
  tokenHash: null,
  thumbprint: null,
};
