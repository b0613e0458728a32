import fc from 'fast-check';
import { openTestDatabase, type TestDatabase } from '../../libs/store/src/testing/test-database.js';
import { type Answer, ask, type Question } from './ask.js';
import type { Input } from './inputs.js';
import { emptyDatabase } from './empty-database.js';
import { System } from './system.js';
import { Oracle } from './oracle.js';
import { inputsOf, world, type World } from './worlds.js';

const SEED = 20260601;
/** How long worlds are made, milliseconds; and how many there are at least, however slow the machine. */
const TIME_MS = 35_000;
const WORLDS_MIN = 8;
const WORLDS_MAX = 400;

/** Questions that a client may think of, by which hidden things could show. */
const questions: fc.Arbitrary<readonly string[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom('Observation', 'Observation', 'Condition', 'Patient', 'Provenance'),
      fc.subarray(
        [
          'code=8480-6',
          'code:not=8480-6',
          'code=75622-1',
          'code:missing=true',
          'date=2026-01-10',
          'date=gt2026-01-09',
          'date:missing=true',
          'focus=Patient/pa',
          'focus=pd',
          'focus=Patient/pc',
          'focus:missing=false',
          'performer=Patient/pd',
          'performer=pb',
          'patient=pa',
          'patient=pb,pc',
          'subject=Patient/pd',
          'subject=pe',
          '_id=r0,r1,r2,r3,r4',
          '_id=pa,pb',
          '_lastUpdated=gt2026-05-01T00:00:03Z',
          'gender=other',
          'target=Observation/r0',
          'target=r1',
          'target=Condition/r2,Patient/pb',
          'recorded=gt2026-05-01T00:00:03Z',
        ],
        { maxLength: 3 },
      ),
      fc.constantFrom(
        '',
        '_count=1',
        '_count=2',
        '_total=accurate',
        '_summary=count',
        '_sort=date',
        '_sort=-date&_count=1',
        '_sort=-_id',
        '_count=3&_sort=_lastUpdated',
      ),
    )
    .map(
      ([type, criteria, result]) =>
        `/${type}?${[...criteria, result].filter((part) => part !== '').join('&')}`,
    ),
  { minLength: 8, maxLength: 12 },
);

/** The pages of both stores to the end of both walks; equal as long as they go. */
async function sameWalk(twins: Twins, target: string): Promise<readonly Answer[]> {
  const pages: Answer[] = [];
  for (let next: string | undefined = target; next !== undefined && pages.length < 30;) {
    const page: Answer = await same(twins, { target: next });
    pages.push(page);
    next = /"relation":"next","url":"[^"]*\/fhir\/R4([^"]*)"/.exec(page.body)?.[1];
  }
  return pages;
}

interface Twins {
  readonly a: System;
  readonly b: System;
  readonly given: World;
}

async function same({ a, b, given }: Twins, question: Question): Promise<Answer> {
  const first = await ask(a, given.caller, question);
  expect({ question, ...first }).toEqual({ question, ...(await ask(b, given.caller, question)) });
  return first;
}

function refsIn(pages: readonly Answer[]): readonly string[] {
  return pages.flatMap(({ body }) =>
    [...body.matchAll(/"fullUrl":"[^"]*\/([A-Za-z]+\/[A-Za-z0-9.-]+)"/g)].map(([, ref]) => ref ?? ''),
  );
}

/** What a read gives for a version that is shown, or for none. */
function statusOf(shown: { readonly deleted: boolean } | undefined): number {
  if (shown === undefined) return 404;
  return shown.deleted ? 410 : 200;
}

/** Every resource is answered for as the oracle says, in both stores alike. */
async function checkInstances(twins: Twins, oracle: Oracle): Promise<void> {
  for (const [ref, versions] of oracle.versions) {
    const shown = oracle.shown(ref);
    const isCovered = twins.given.granular === null || ref.startsWith('Observation/');
    const { status } = await same(twins, { target: `/${ref}` });
    expect([ref, status]).toEqual([ref, isCovered ? statusOf(shown.at(-1)) : 403]);
    if (!isCovered) continue;
    await same(twins, { target: `/${ref}/_history` });
    for (const version of versions) {
      const target = `/${ref}/_history/${version.versionId}`;
      const got = await same(twins, { target });
      expect([target, got.status]).toEqual([target, statusOf(shown.find((one) => one === version))]);
    }
  }
}

/** A search finds what the oracle says, counts as many, and a walk by ones comes to the same. */
async function checkSearches(twins: Twins, oracle: Oracle): Promise<number> {
  const types =
    twins.given.granular === null ? ['Observation', 'Condition', 'Patient', 'Provenance'] : ['Observation'];
  let found = 0;
  for (const type of types) {
    const expected = oracle.found(type).toSorted();
    const whole = await sameWalk(twins, `/${type}?_count=200&_total=accurate`);
    expect([type, refsIn(whole).toSorted()]).toEqual([type, expected]);
    expect(whole[0]?.body).toContain(`"total":${expected.length},`);
    const ones = await sameWalk(twins, `/${type}?_count=1`);
    expect(refsIn(ones)).toEqual(refsIn(whole));
    found += expected.length;
  }
  return found;
}

describe('random people, grants, resources and questions', () => {
  let databases: readonly [TestDatabase, TestDatabase];
  beforeAll(async () => {
    databases = [await openTestDatabase(), await openTestDatabase()];
  });
  afterAll(async () => {
    for (const database of databases) await database.close();
  });

  async function twinsOf(given: World, inputs: readonly Input[], oracle: Oracle): Promise<Twins> {
    const [first, second] = databases;
    await emptyDatabase(first);
    await emptyDatabase(second);
    const shown = inputs.filter((input) => oracle.isShown(input));
    return { given, a: await System.open(first, inputs), b: await System.open(second, shown) };
  }

  it('L-01 to L-49: are answered alike by both stores, and as the naive oracle says', async () => {
    const until = performance.now() + TIME_MS;
    const tally = { worlds: 0, found: 0, hidden: 0 };
    const given = fc.sample(fc.tuple(world, questions), { seed: SEED, numRuns: WORLDS_MAX });
    for (const [one, targets] of given) {
      if (tally.worlds >= WORLDS_MIN && performance.now() > until) break;
      const oracle = new Oracle(one);
      const inputs = inputsOf(one);
      const twins = await twinsOf(one, inputs, oracle);
      await checkInstances(twins, oracle);
      const found = await checkSearches(twins, oracle);
      for (const target of targets) await sameWalk(twins, target);
      expect(twins.a.incidents).toEqual([]);
      tally.worlds += 1;
      tally.found += found;
      tally.hidden += inputs.filter((input) => input.kind === 'resource' && !oracle.isShown(input)).length;
      await twins.a.http.close();
      await twins.b.http.close();
    }
    process.stderr.write(`fuzz of twin stores: ${JSON.stringify(tally)}\n`);
    expect(Math.min(tally.found, tally.hidden)).toBeGreaterThan(tally.worlds);
  }, 300_000);
});
