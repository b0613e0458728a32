/**
 * Reads and searches against a real database with many versions and grants: latencies and plans.
 * Run: npm run -s jest -- --testRegex '\.bench\.ts$' test/bench/store-reads
 * Sizes by environment: BENCH_PATIENTS (2000), BENCH_OBSERVATIONS (10 per patient), BENCH_GRANTS (10 per patient),
 * BENCH_PANEL (100 people with a grant to the client that asks). BENCH_PLANS=1 prints the plans.
 *
 * Measured 2026-11-21, embedded PostgreSQL 18.4, two cores shared with other work (load 3 to 7), one connection:
 * 22,000 versions and 20,000 grants: read p50 0.6 ms (0.25 ms where nothing is there), 2,800 reads/s at 16 at once on a
 * quieter machine; 20 newest of one person 2.4 ms, with a code 1.8 ms; 20 newest of a code over a panel of 100 people
 * 29 ms. With 105,000 versions: 0.6, 4.9, 1.3 and 52 ms. Of this about 0.4 ms per read is CPU of this process.
 */
import type { ServePermit } from '#consent';
import { compileRead, compileSearch, type SqlStatement } from '#search';
import { openTestDatabase, type TestDatabase } from '../../libs/store/src/testing/test-database.js';
import { StoreWorld } from '../../libs/store/src/testing/store-world.js';
import { searchOf } from '../../libs/store/src/testing/world-parts.js';
import { fillStore, type FillSizes } from './fill-store.js';

function size(name: string, otherwise: number): number {
  // oxlint-disable-next-line node/no-process-env -- sizes of a bench, given by hand
  return Number(process.env[name] ?? otherwise);
}

const SIZES: FillSizes = {
  patients: size('BENCH_PATIENTS', 2000),
  observations: size('BENCH_OBSERVATIONS', 10),
  grants: size('BENCH_GRANTS', 10),
  panel: size('BENCH_PANEL', 100),
};
const PRINTS_PLANS = size('BENCH_PLANS', 0) === 1;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const OF_A_CODE = 'code=http://loinc.org|8480-6&_sort=-date';

let database: TestDatabase;
let world: StoreWorld;
let permit: ServePermit;

describe('store reads', () => {
  beforeAll(async () => {
    database = await openTestDatabase();
    world = await StoreWorld.open(database);
    for (const line of await fillStore(world, SIZES)) {
      say(line);
    }
    await database.admin('analyze');
    permit = await world.permit('clinic', ['Observation', 'Patient']);
  }, 900_000);
  afterAll(() => database.close());

  it('reads by id', async () => {
    const hidden = SIZES.patients - SIZES.panel;
    await measure('read visible', 2000, (n) => read(visibleId(n)));
    await measure('read hidden', 2000, (n) => read(`p${SIZES.panel + (n % hidden)}-o1`));
    await measure('read absent', 2000, (n) => read(`nobody-${n}`));
    await rate('read visible, 16 at once', 16, 4000, (n) => read(visibleId(n)));
    await explain(compileRead({ type: 'Observation', id: 'p1-o1' }, permit.predicate));
  }, 300_000);

  it('searches one person', async () => {
    await measure('patient, 20 newest', 1000, (n) => search(`${personOf(n)}&_sort=-date`));
    await measure('patient and code', 1000, (n) => search(`${personOf(n)}&${OF_A_CODE}`));
    await explainSearch(`${personOf(1)}&${OF_A_CODE}`);
  }, 300_000);

  it('searches a panel', async () => {
    await measure('panel, 20 newest of a code', 200, () => search(OF_A_CODE));
    await measure('panel, 20 newest', 200, () => search('_sort=-date'));
    await explainSearch(OF_A_CODE);
  }, 300_000);
});

function personOf(n: number): string {
  return `patient=p${n % SIZES.panel}`;
}

function visibleId(n: number): string {
  return `p${n % SIZES.panel}-o${n % SIZES.observations}`;
}

function read(id: string): Promise<unknown> {
  return world.store.read(permit, { type: 'Observation', id });
}

function search(query: string): Promise<unknown> {
  return world.store.search(permit, searchOf('Observation', query));
}

function explainSearch(query: string): Promise<void> {
  return explain(compileSearch(searchOf('Observation', query), permit.predicate, { after: undefined }));
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
async function explain({ text, values }: SqlStatement): Promise<void> {
  if (!PRINTS_PLANS) {
    return;
  }
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
