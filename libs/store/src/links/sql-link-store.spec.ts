import { randomUUID } from 'node:crypto';
import type { RowChange } from '../change.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { NOW_MS, StoreWorld } from '../testing/store-world.js';
import { SqlLinkStore } from './sql-link-store.js';

let database: TestDatabase;
let world: StoreWorld;
let links: SqlLinkStore;
beforeAll(async () => {
  database = await openTestDatabase();
  world = await StoreWorld.open(database);
  links = new SqlLinkStore(database.pool, world.context);
}, 120_000);
afterAll(() => database.close());

function link(patient: string, person: string, atMs = NOW_MS): RowChange {
  return { kind: 'link', patient, person, grade: 'certain', atMs };
}

describe('SqlLinkStore', () => {
  it('tells who is one person, and who was', async () => {
    const [one, other, person, later] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await world.apply([link(one, person), link(other, person, NOW_MS + 1)]);
    await expect(links.linksOf(other)).resolves.toMatchObject([
      { patient: one, person, grade: 'certain', fromMs: NOW_MS, untilMs: undefined },
      { patient: other, person, untilMs: undefined },
    ]);
    await world.apply([{ kind: 'unlink', patient: other, atMs: NOW_MS + 5 }, link(other, later, NOW_MS + 5)]);
    await expect(links.linksOf(other)).resolves.toMatchObject([
      { patient: other, person, untilMs: NOW_MS + 5 },
      { patient: other, person: later, untilMs: undefined },
    ]);
    await expect(links.linksOf(one)).resolves.toMatchObject([
      { patient: one, person, untilMs: undefined },
      { patient: other, person, untilMs: NOW_MS + 5 },
    ]);
  });

  it('tells who shares the person of a Patient, and who did until a source took them apart', async () => {
    const [one, left, apart, person] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await world.apply([link(one, person), link(left, person), link(apart, person)]);
    const go = (patient: string): RowChange => link(patient, randomUUID(), NOW_MS + 5);
    await world.apply([{ kind: 'unlink', patient: left, atMs: NOW_MS + 5, automatic: true }, go(left)]);
    await world.apply([{ kind: 'unlink', patient: apart, atMs: NOW_MS + 5 }, go(apart)]);
    await expect(links.companyOf(one)).resolves.toMatchObject({ person, others: [], former: [left] });
    await expect(links.companyOf(left)).resolves.toMatchObject({
      others: [],
      former: expect.arrayContaining([one, apart]),
    });
    await expect(links.companyOf(apart)).resolves.toMatchObject({ others: [], former: [left] });
    await expect(links.companyOf(randomUUID())).resolves.toBeUndefined();
  });

  it('tells of whom a resource is, by every version of it', async () => {
    const [one, other, person, another] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await world.apply([link(one, person), link(other, another)]);
    const id = randomUUID();
    await database.admin(
      `insert into version_patient (tenant, type, id, version_id, patient, role)
       select $1, 'Observation', $2, v.version, v.patient, 'subject'
       from (values ('v1', $3), ('v2', $4), ('v3', $4)) v (version, patient)`,
      [world.context.tenant, id, one, other],
    );
    const found = await links.linksOfResource('Observation', id);
    expect(found.map((each) => [each.patient, each.person])).toEqual(
      expect.arrayContaining([
        [one, person],
        [other, another],
      ]),
    );
    expect(found).toHaveLength(2);
    await expect(links.linksOfResource('Condition', id)).resolves.toEqual([]);
  });

  it('knows nothing of whoever has no link', async () => {
    await expect(links.linksOf(randomUUID())).resolves.toEqual([]);
  });

  it('throws where a link was changed in the database', async () => {
    const patient = randomUUID();
    await world.apply([link(patient, randomUUID())]);
    await database.admin(`update person_link set grade = 'confirmed' where patient = $1`, [patient]);
    await expect(links.linksOf(patient)).rejects.toMatchObject({ code: 'integrity-failure' });
  });
});
