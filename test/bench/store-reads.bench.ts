/**
 * Reads and searches against a real database with many versions and grants: latencies and plans.
 * Run: npm run -s jest -- --testRegex '\.bench\.ts$' test/bench/store-reads
 * Sizes by environment: BENCH_PATIENTS (2000), BENCH_OBSERVATIONS (10 per patient), BENCH_PANEL (100 people).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  commitmentOf,
  encodeGrantWord,
  buildGrantConsent,
  parseConsent,
  termsOf,
  type Hex,
  type ServePermit,
} from '#consent';
import { compileRead, compileSearch, type SqlStatement } from '#search';
import type { RowChange } from '#store';
import { prepareVersion, makeVersionId } from '#store';
import { openTestDatabase, type TestDatabase } from '../../libs/store/src/testing/test-database.js';
import { NOW_MS, StoreWorld } from '../../libs/store/src/testing/store-world.js';
import { observation, searchOf } from '../../libs/store/src/testing/world-parts.js';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const PATIENTS = number('BENCH_PATIENTS', 2000);
const OBSERVATIONS = number('BENCH_OBSERVATIONS', 10);
const PANEL = number('BENCH_PANEL', 100);
const GRANTS = number('BENCH_GRANTS', 10);
const CODES = ['8480-6', '8462-4', '8867-4', '2708-6', '29463-7'];

const say = (line: string): void => void process.stderr.write(`${line}\n`);

describe('store reads', () => {
  let database: TestDatabase;
  let world: StoreWorld;
  let permit: ServePermit;

  beforeAll(async () => {
    database = await openTestDatabase();
    world = await StoreWorld.open(database);
    const start = performance.now();
    for (let from = 0; from < PATIENTS; from += 100) {
      await addPatients(world, from, Math.min(from + 100, PATIENTS));
    }
    await addGrants(world);
    await database.admin('analyze');
    say(
      `${PATIENTS * (OBSERVATIONS + 1)} versions, ${PATIENTS * GRANTS} grants in ${Math.round(performance.now() - start)} ms`,
    );
    permit = await world.permit('clinic', ['Observation', 'Patient']);
  }, 900_000);
  afterAll(() => database.close());

  it('reads by id', async () => {
    await measure('read visible', 2000, (n) =>
      world.store.read(permit, { type: 'Observation', id: `p${n % PANEL}-o${n % OBSERVATIONS}` }),
    );
    await measure('read hidden', 2000, (n) =>
      world.store.read(permit, { type: 'Observation', id: `p${PANEL + (n % (PATIENTS - PANEL))}-o1` }),
    );
    await measure('read absent', 2000, (n) =>
      world.store.read(permit, { type: 'Observation', id: `nobody-${n}` }),
    );
    await rate('read visible, 16 at once', 16, 4000, (n) =>
      world.store.read(permit, { type: 'Observation', id: `p${n % PANEL}-o${n % OBSERVATIONS}` }),
    );
    await explain(database, compileRead({ type: 'Observation', id: 'p1-o1' }, permit.predicate));
  }, 300_000);

  it('searches one person', async () => {
    await measure('patient, 20 newest', 1000, (n) =>
      world.store.search(permit, searchOf('Observation', `patient=p${n % PANEL}&_sort=-date`)),
    );
    await measure('patient and code', 1000, (n) =>
      world.store.search(
        permit,
        searchOf('Observation', `patient=p${n % PANEL}&code=http://loinc.org|8480-6&_sort=-date`),
      ),
    );
    await explain(
      database,
      compileSearch(
        searchOf('Observation', 'patient=p1&code=http://loinc.org|8480-6&_sort=-date'),
        permit.predicate,
        { after: undefined },
      ),
    );
  }, 300_000);

  it('searches a panel', async () => {
    await measure('panel, 20 newest of a code', 200, () =>
      world.store.search(permit, searchOf('Observation', 'code=http://loinc.org|8480-6&_sort=-date')),
    );
    await measure('panel, 20 newest', 200, () =>
      world.store.search(permit, searchOf('Observation', '_sort=-date')),
    );
    await explain(
      database,
      compileSearch(searchOf('Observation', 'code=http://loinc.org|8480-6&_sort=-date'), permit.predicate, {
        after: undefined,
      }),
    );
  }, 300_000);
});

async function addPatients(world: StoreWorld, from: number, to: number): Promise<void> {
  const writes: RowChange[] = [];
  for (let n = from; n < to; n++) {
    const patient = `p${n}`;
    const person = randomUUID();
    world.persons.set(patient, person);
    writes.push({ kind: 'link', patient, person, grade: 'certain', atMs: NOW_MS });
    const resources = [
      {
        resourceType: 'Patient',
        id: patient,
        name: [{ family: `Family${n}`, given: ['Given'] }],
        birthDate: '1970-01-01',
      },
      ...Array.from({ length: OBSERVATIONS }, (_, o) =>
        observation(`${patient}-o${o}`, patient, {
          code: { coding: [{ system: 'http://loinc.org', code: CODES[o % CODES.length] ?? '' }] },
          category: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
              ],
            },
          ],
          effectiveDateTime: new Date(NOW_MS - ((n * 7919 + o * 104_729) % 100_000) * 60_000).toISOString(),
          valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
        }),
      ),
    ];
    for (const resource of resources) {
      const versionId = makeVersionId((bytes) => randomBytes(bytes));
      writes.push({
        kind: 'version',
        version: prepareVersion(resource, { source: 'north', versionId, lastUpdatedMs: NOW_MS }),
      });
    }
  }
  await world.apply(writes);
}

/** Each person has grants to many clients; the clinic's panel is the first people. */
async function addGrants(world: StoreWorld): Promise<void> {
  const events = [];
  for (let from = 0; from < PATIENTS; from += 50) {
    const writes: RowChange[] = [];
    for (let n = from; n < Math.min(from + 50, PATIENTS); n++) {
      for (let g = 0; g < GRANTS; g++) {
        const client = g === 0 && n < PANEL ? 'clinic' : `client-${(n + g) % 97}`;
        const filing = filingOf(`p${n}`, world.persons.get(`p${n}`) ?? '', client);
        writes.push({ kind: 'filing', filing });
        const commitmentLow = BigInt(filing.commitment) & ((1n << 128n) - 1n);
        const state = encodeGrantWord({
          kind: 'permit',
          from: 0,
          to: 0,
          epoch: 0,
          version: 1,
          commitmentLow,
        });
        events.push({
          kind: 'consent',
          subject: filing.subject,
          grantId: filing.grantId,
          commitment: filing.commitment,
          state,
          by: '0x01',
          logIndex: 0,
          transaction: '0x01',
        } as const);
      }
    }
    await world.apply(writes);
  }
  const start = performance.now();
  for (let at = 0, block = 1n; at < events.length; at += 1000, block += 1n) {
    const hash = (n: bigint): Hex => `0x${n.toString(16).padStart(64, '0')}`;
    await world.projection.apply(
      [
        {
          number: block,
          hash: hash(block),
          parentHash: hash(block - 1n),
          time: NOW_MS / 1000,
          events: events.slice(at, at + 1000),
        },
      ],
      NOW_MS,
    );
    await world.projection.confirm(block);
  }
  say(
    `projection: ${Math.round((events.length / (performance.now() - start)) * 1000)} events/s, applied and confirmed, with rules`,
  );
}

function filingOf(patient: string, person: string, client: string) {
  const wish = {
    patient,
    client,
    effect: 'permit',
    classes: null,
    purposes: ['TREAT'],
    fromMs: -Infinity,
    toMs: Infinity,
    atMs: NOW_MS,
    except: ['http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV'],
  } as const;
  const bytes = buildGrantConsent(wish);
  const terms = termsOf(parseConsent(bytes), `client:${client}`, random());
  return {
    consent: randomUUID(),
    person,
    patient,
    chainId: '7',
    contract: '0xcc',
    subject: random(),
    grantId: random(),
    version: 1,
    kind: 'permit',
    bytes,
    terms,
    commitment: commitmentOf(terms),
    binding: randomUUID(),
  } as const;
}

function random(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}

async function measure(name: string, times: number, work: (n: number) => Promise<unknown>): Promise<void> {
  const taken: number[] = [];
  const before = process.cpuUsage();
  for (let n = 0; n < times; n++) {
    const start = performance.now();
    await work(n);
    taken.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const sorted = taken.slice(times / 10).toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  say(
    `${name}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, ${Math.round((user + system) / times)} µs CPU here`,
  );
}

async function rate(
  name: string,
  parallel: number,
  times: number,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  const start = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (next < times) await work(next++);
    }),
  );
  say(`${name}: ${Math.round((times / (performance.now() - start)) * 1000)}/s`);
}

/** The generic plan, which a named statement settles on. */
async function explain(database: TestDatabase, { text, values }: SqlStatement): Promise<void> {
  const client = await database.pool.connect();
  const types = values.map(
    (_, at) => new RegExp(`\\$${at + 1}::([a-z0-9]+(?:\\[\\])?)`).exec(text)?.[1] ?? 'text',
  );
  await client.query(`set plan_cache_mode = force_generic_plan`);
  await client.query(`prepare plan (${types.join(', ')}) as ${text}`);
  const literals = values.map((value, at) => literal(value, types[at] ?? 'text')).join(', ');
  const { rows } = await client.query(`explain (analyze, buffers, costs off) execute plan (${literals})`);
  say(rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n'));
  await client.query('deallocate plan');
  await client.query('reset plan_cache_mode');
  client.release();
}

function literal(value: SqlStatement['values'][number], type: string): string {
  if (typeof value === 'object') return `array[${value.map((one) => `'${one}'`).join(', ')}]::${type}`;
  return `'${String(value)}'::${type}`;
}
