import { randomBytes, randomUUID } from 'node:crypto';
import type { Hex } from '#consent';
import { uuidv7 } from '#digest';
import type { Principal } from '#smart';
import { SqlFilingStore, SqlLinkStore, SqlRuleStore, type RowChange } from '#store';
import { z } from 'zod';
import { NOW_MS, StoreWorld } from '../../../../libs/store/src/testing/store-world.js';
import { openTestDatabase, type TestDatabase } from '../../../../libs/store/src/testing/test-database.js';
import { unlinkPatient } from '../admin/links.js';
import type { Parts } from '../parts.js';
import { bindPerson } from './bind-person.js';
import { boundBy } from './bound-by.js';

const principal = z.custom<Principal>().parse({});
let database: TestDatabase;
let world: StoreWorld;
let parts: Parts;

const hex = (): Hex => `0x${randomBytes(32).toString('hex')}`;

/** A desk at which every signature fits, and a key's hash is the key. */
const desk = {
  isSubjectOf: () => true,
  signerHashOf: (signer: Hex) => signer,
  statementBytes: () => Buffer.from('statement'),
  isStatementSigned: () => Promise.resolve(true),
  isCountersigned: () => Promise.resolve(true),
  openCall: () => ({ to: '0xcc', data: '0x00' }),
};

beforeAll(async () => {
  database = await openTestDatabase();
  world = await StoreWorld.open(database);
  parts = z.custom<Parts>().parse({
    fhirBase: 'https://gateway.test/fhir/R4',
    desk,
    challenges: { isFresh: () => true },
    links: new SqlLinkStore(database.pool, world.context),
    filings: new SqlFilingStore(database.pool, world.context),
    rules: new SqlRuleStore(database.pool, world.context),
    clock: () => NOW_MS,
    newId: (timeMs: number) => uuidv7(timeMs, randomBytes(10)),
  });
}, 120_000);
afterAll(() => database.close());

const link = (patient: string, person: string, atMs = NOW_MS - 10): RowChange => ({
  kind: 'link',
  patient,
  person,
  grade: 'certain',
  atMs,
});

/** Two Patients of one person. */
async function couple(): Promise<readonly [string, string]> {
  const [one, other, person] = [randomUUID(), randomUUID(), randomUUID()];
  await world.apply([link(one, person), link(other, person)]);
  return [one, other];
}

/** The source says that the Patient is somebody else. */
async function separate(patient: string): Promise<string> {
  const person = randomUUID();
  const atMs = NOW_MS - 5;
  await world.apply([{ kind: 'unlink', patient, atMs, automatic: true }, link(patient, person, atMs)]);
  return person;
}

async function binding(patient: string, signer: Hex, countersigner?: Hex) {
  const signed = { signer, salt: hex(), nonce: 'n', signature: '0x00' } as const;
  const counter = countersigner === undefined ? {} : { countersigner, countersignature: '0x01' as const };
  const subject = hex();
  const body = { patient, subject, rights: 'self', from: 0, to: 0, evidence: 'two-clerks' } as const;
  return { subject, ...(await bindPerson.handle({ ...body, ...signed, ...counter }, principal, parts)) };
}

async function bind(...asked: Parameters<typeof binding>): Promise<Hex> {
  const { writes, subject } = await binding(...asked);
  await world.apply(writes);
  return subject;
}

const REFUSED = { code: 'precondition', details: expect.stringContaining('countersign') };

describe('a binding of another key', () => {
  it('needs a countersignature, whichever Patient of the person it names', async () => {
    const [one, other] = await couple();
    const key = hex();
    await bind(one, key);
    await expect(bind(other, hex())).rejects.toMatchObject(REFUSED);
    await expect(bind(other, hex(), hex())).rejects.toMatchObject(REFUSED);
    await bind(other, hex(), key);
  });

  it('needs it still for a Patient whom a source took from the person, and not once she is told apart', async () => {
    const [one, other] = await couple();
    const key = hex();
    await bind(one, key);
    await separate(other);
    await expect(bind(other, hex())).rejects.toMatchObject(REFUSED);
    const told = await unlinkPatient.handle({ patient: other, reason: 'two people' }, principal, parts);
    await world.apply(told.writes);
    await bind(other, hex());
    await expect(bind(one, hex())).rejects.toMatchObject(REFUSED);
  });

  it('is refused where another one came first', async () => {
    const [one, other] = await couple();
    const [first, second] = [await binding(one, hex()), await binding(other, hex())];
    await world.apply(first.writes);
    await expect(world.apply(second.writes)).rejects.toMatchObject({ code: 'version-conflict' });
  });

  it('is refused for nobody', async () => {
    await expect(binding(randomUUID(), hex())).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what a bound key signs', () => {
  it('is of the person whom its Patient is now', async () => {
    const [one] = await couple();
    const signer = hex();
    const subject = await bind(one, signer);
    const person = await separate(one);
    await expect(boundBy({ subject, signer }, parts)).resolves.toMatchObject({ patient: one, person });
  });
});
