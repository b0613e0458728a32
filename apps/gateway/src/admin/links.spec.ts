import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { uuidv7 } from '#digest';
import { SqlLinkStore, type RowChange } from '#store';
import type { Principal } from '#smart';
import { NOW_MS, StoreWorld } from '../../../../libs/store/src/testing/store-world.js';
import { openTestDatabase, type TestDatabase } from '../../../../libs/store/src/testing/test-database.js';
import type { Parts } from '../parts.js';
import { listLinks, unlinkPatient } from './links.js';

const HOUR_MS = 3_600_000;
const principal = z.custom<Principal>().parse({});
let database: TestDatabase;
let world: StoreWorld;
let parts: Parts;

beforeAll(async () => {
  database = await openTestDatabase();
  world = await StoreWorld.open(database);
  parts = z.custom<Parts>().parse({
    links: new SqlLinkStore(database.pool, world.context),
    clock: () => NOW_MS + HOUR_MS,
    newId: (timeMs: number) => uuidv7(timeMs, randomBytes(10)),
  });
}, 120_000);
afterAll(() => database.close());

/** Patients of one person. */
async function person(count: number): Promise<{ readonly person: string; readonly patients: string[] }> {
  const made = randomUUID();
  const patients = Array.from({ length: count }, () => randomUUID());
  await world.apply(
    patients.map((patient): RowChange => ({
      kind: 'link',
      patient,
      person: made,
      grade: 'certain',
      atMs: NOW_MS,
    })),
  );
  return { person: made, patients };
}

const unlink = (patient = '') => unlinkPatient.handle({ patient, reason: 'two people' }, principal, parts);
const personsSchema = z.object({
  persons: z.array(z.object({ person: z.string(), patients: z.array(z.string()) })),
});

it('is for stewards', () => {
  expect([listLinks.role, unlinkPatient.role]).toEqual(['steward', 'steward']);
});

describe('the links of a person', () => {
  it('are listed for each of its Patients', async () => {
    const { person: same, patients } = await person(2);
    const outcome = await listLinks.handle({ patient: patients[1] ?? '' }, principal, parts);
    expect(outcome).toMatchObject({
      status: 200,
      class: 6,
      body: {
        person: same,
        links: [
          { person: same, until: null },
          { person: same, until: null },
        ],
      },
      subjects: [{ person: same, patient: patients[1] }],
      writes: [],
    });
  });

  it('are told of nobody who is unknown', async () => {
    await expect(listLinks.handle({ patient: randomUUID() }, principal, parts)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('an unlink', () => {
  it('makes a person of the Patient alone, and is recorded with both persons', async () => {
    const { person: same, patients } = await person(3);
    const [left, ...stay] = patients;
    const outcome = await unlink(left);
    await world.apply(outcome.writes);
    const { persons } = personsSchema.parse(outcome.body);
    const made = persons[1]?.person ?? '';
    expect(persons).toEqual([
      { person: same, patients: expect.arrayContaining(stay) },
      { person: made, patients: [left] },
    ]);
    expect(outcome.class).toBe(6);
    expect(outcome.subjects.map(({ person: whose, links }) => [whose, links])).toEqual([
      [same, { unlinked: left, to: made, apart: expect.arrayContaining(stay), reason: 'two people' }],
      [made, { unlinked: left, from: same, reason: 'two people' }],
    ]);
    const inForce = (await parts.links.linksOf(left ?? '')).filter(({ untilMs }) => untilMs === undefined);
    expect(inForce).toMatchObject([{ patient: left, person: made }]);
  });

  it('tells a Patient apart from those from whom its source took it', async () => {
    const { patients } = await person(2);
    const [left = '', other = ''] = patients;
    await world.apply([
      { kind: 'unlink', patient: left, atMs: NOW_MS + 1, automatic: true },
      { kind: 'link', patient: left, person: randomUUID(), grade: 'certain', atMs: NOW_MS + 1 },
    ]);
    const outcome = await unlink(left);
    expect(outcome.subjects.map(({ links }) => links)).toEqual([{ apart: [other], reason: 'two people' }]);
    await world.apply(outcome.writes);
    expect(await parts.links.companyOf(left)).toMatchObject({ others: [], former: [] });
    await expect(unlink(left)).rejects.toMatchObject({ code: 'precondition' });
    await expect(unlink(other)).rejects.toMatchObject({ code: 'precondition' });
  });

  it('is refused where the person changed meanwhile', async () => {
    const { patients } = await person(3);
    const [first, second] = [await unlink(patients[0]), await unlink(patients[1])];
    await world.apply(first.writes);
    await expect(world.apply(second.writes)).rejects.toMatchObject({ code: 'version-conflict' });
  });

  it('is refused where the person has no other Patient, and so where it was done before', async () => {
    const { patients } = await person(2);
    await world.apply((await unlink(patients[0])).writes);
    await expect(unlink(patients[0])).rejects.toMatchObject({ code: 'precondition' });
    await expect(unlink(patients[1])).rejects.toMatchObject({ code: 'precondition' });
    await expect(unlink(randomUUID())).rejects.toMatchObject({ code: 'not-found' });
  });
});
