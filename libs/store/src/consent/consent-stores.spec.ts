import { randomUUID } from 'node:crypto';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { NOW_MS, StoreWorld } from '../testing/store-world.js';
import { SqlFilingStore } from './sql-filing-store.js';
import { SqlRuleStore } from './sql-rule-store.js';

let database: TestDatabase;
let world: StoreWorld;
beforeAll(async () => {
  database = await openTestDatabase();
  world = await StoreWorld.open(database);
}, 120_000);
afterAll(() => database.close());

const fresh = () => new SqlRuleStore(database.pool, world.context);
const filings = () => new SqlFilingStore(database.pool, world.context);

async function newPatient(): Promise<{ patient: string; person: string }> {
  const patient = randomUUID();
  await world.addPatient(patient);
  return { patient, person: world.persons.get(patient) ?? '' };
}

describe('SqlRuleStore', () => {
  it('gives each person a set, and an empty one to who has no rules', async () => {
    const { patient, person } = await newPatient();
    const nobody = randomUUID();
    const grant = await world.grant({
      patient,
      classes: ['Observation'],
      fromMs: NOW_MS,
      toMs: NOW_MS + 86_400_000,
    });
    const sets = await fresh().ruleSets([person, nobody, person]);
    expect(sets).toHaveLength(2);
    expect(sets.find((set) => set.person === nobody)).toEqual({ person: nobody, version: 0n, consents: [] });
    expect(sets.find((set) => set.person === person)?.consents).toMatchObject([
      {
        consent: grant.consent,
        kind: 'permit',
        window: { from: -Infinity, to: Infinity },
        untilPosition: null,
        citation: { grantId: grant.grantId, subject: grant.subject, version: 1 },
        rules: [
          {
            ordinal: 0,
            effect: 'permit',
            classes: ['Observation'],
            valid: { from: NOW_MS, to: NOW_MS + 86_400_000 },
          },
        ],
      },
    ]);
  });

  it('changes the version with every grant, revocation and link, and then gives the new set', async () => {
    const { patient, person } = await newPatient();
    const rules = fresh();
    const versions: bigint[] = [];
    const note = async () => {
      const [set] = await rules.ruleSets([person]);
      versions.push(set?.version ?? -1n);
      return set;
    };
    await note();
    const grant = await world.grant({ patient }, { onChain: false });
    expect((await note())?.consents[0]?.fromPosition).toBeNull();
    await world.bringOnChain(grant);
    expect((await note())?.consents[0]?.fromPosition).toBeGreaterThan(0n);
    const { subject, grantId } = grant;
    await world.apply([{ kind: 'latch', subject, grantId, latch: 'revoked', version: 1, atMs: NOW_MS }]);
    expect((await note())?.consents[0]?.untilPosition).toBeGreaterThan(0n);
    await world.apply([{ kind: 'unlink', patient, atMs: NOW_MS + 1 }]);
    await note();
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => (a < b ? -1 : 1)));
    await expect(rules.personsOf([patient, 'nobody'])).resolves.toEqual(new Map());
  });

  it.each([
    ['a rule', `update consent_rule set purposes = null where person = $1`],
    [
      'when a rule holds',
      `update consent_rule set until_position = null, from_position = 1 where person = $1`,
    ],
    [
      'whose rule it is',
      `update consent_rule set person = $1::uuid where consent = (select consent from consent_filing where person <> $1::uuid limit 1)`,
    ],
    ['the signed bytes', `update consent_filing set bytes = '\\x00' where person = $1`],
    ['the binding', `update consent_filing set binding = gen_random_uuid() where person = $1`],
    ['the whole filing', `delete from consent_filing where person = $1`],
  ])('throws where %s was changed in the database', async (_what, sql) => {
    await world.grant({ patient: (await newPatient()).patient });
    const { patient, person } = await newPatient();
    await world.grant({ patient, purposes: ['TREAT'] });
    await database.admin(sql, [person]);
    await expect(fresh().ruleSets([person])).rejects.toMatchObject({ code: 'integrity-failure' });
  });

  it('throws where a link was moved to another person', async () => {
    const { patient } = await newPatient();
    await database.admin('update person_link set person = gen_random_uuid() where patient = $1', [patient]);
    await expect(fresh().personsOf([patient])).rejects.toMatchObject({ code: 'integrity-failure' });
  });
});

describe('SqlFilingStore', () => {
  it('follows a grant from its filing to its end', async () => {
    const { patient, person } = await newPatient();
    const grant = await world.grant({ patient }, { onChain: false });
    const states: unknown[] = [];
    const note = async () => states.push((await filings().statusOf(grant.grantId))?.state);
    await note();
    await world.bringOnChain(grant);
    await note();
    await world.bringOnChain(grant, 'revoked');
    await note();
    expect(states).toEqual(['filed', 'in-force', 'ended']);
    await expect(filings().statusesOf(person)).resolves.toMatchObject([
      {
        consent: grant.consent,
        version: 1,
        kind: 'permit',
        state: 'ended',
        block: expect.stringMatching(/^\d+$/),
      },
    ]);
    await expect(filings().statusOf('0x00')).resolves.toBeUndefined();
    expect(Buffer.from((await filings().bytesOf(grant.consent)) ?? []).toString()).toContain(
      `Patient/${patient}`,
    );
  });

  it('holds a deny in force from its filing', async () => {
    const { patient } = await newPatient();
    const grant = await world.grant({ patient, effect: 'deny' }, { onChain: false });
    await expect(filings().statusOf(grant.grantId)).resolves.toMatchObject({
      state: 'in-force',
      block: null,
    });
  });

  it('finds the binding of a subject, which is bound once', async () => {
    const { patient, person } = await newPatient();
    const binding = {
      id: randomUUID(),
      patient,
      person,
      subject: '0xb1',
      signerHash: '0x51',
      rights: 'guardian',
      fromMs: NOW_MS,
      toMs: NOW_MS + 1000,
      evidence: 'two-clerks',
      statement: Buffer.from('statement'),
      signature: Buffer.from('signature'),
    } as const;
    await world.apply([{ kind: 'binding', binding }]);
    await expect(filings().bindingOf('0xb1')).resolves.toEqual({ ...binding, recordId: expect.any(String) });
    await expect(filings().bindingsOf([patient])).resolves.toHaveLength(1);
    await expect(filings().bindingOf('0xb2')).resolves.toBeUndefined();
    await expect(
      world.apply([{ kind: 'binding', binding: { ...binding, id: randomUUID() } }]),
    ).rejects.toMatchObject({ code: 'version-conflict' });
    await database.admin(`update binding set rights = 'self' where subject = '0xb1'`);
    await expect(filings().bindingOf('0xb1')).rejects.toMatchObject({ code: 'integrity-failure' });
  });
});
