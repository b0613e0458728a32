import fc from 'fast-check';
import type { Predicate } from '#consent';
import type { SearchRequest } from '#fhir';
import { compileCount, compileRead, compileSearch } from '#search';
import { naiveVisible } from './naive.js';
import { openSmallStore, type SmallStore } from './small-store.js';
import { personsOf, predicate, type World, world } from './world.js';

const WORLDS = 330;
const ASKED = 6;
const TYPES = ['Observation', 'Condition', 'Patient', 'Organization'];
const SEED = 20260101;

const worlds = fc.sample(world, { numRuns: WORLDS, seed: SEED });
const predicates = fc.sample(predicate, { numRuns: ASKED * WORLDS, seed: SEED });
/** Each world with who asks there. */
const cases = worlds.flatMap((given, place) =>
  predicates
    .slice(place * ASKED, (place + 1) * ASKED)
    .map((asked) => ({ given, asked: { ...asked, tenant: `t${place}` } })),
);

function searchOf(type: string, count: number): SearchRequest {
  return {
    type,
    count,
    criteria: [],
    sort: [{ param: '_id', descending: false }],
    cursor: undefined,
    total: 'none',
    summary: 'false',
    patients: [],
    used: [],
  };
}

function expected(given: World, asked: Predicate, type: string): readonly string[] {
  return given.versions
    .filter(({ facts }) => facts.type === type)
    .filter((version) => isVisible(given, asked, version))
    .map(({ facts }) => facts.id)
    .toSorted();
}

/** A person's own access sees nothing once her patient is another person's, unless it is nobody's data. */
function isVisible(given: World, asked: Predicate, version: World['versions'][number]): boolean {
  const { own } = asked;
  const isGone = own !== undefined && given.links[own.patient] !== own.rules.person;
  if (isGone && version.patients.length > 0) return false;
  return naiveVisible({ facts: version.facts, persons: personsOf(given, version) }, given.consents, asked);
}

function idsOf(rows: readonly Record<string, unknown>[]): readonly string[] {
  return rows.map((row) => row['id']).filter((id) => typeof id === 'string');
}

const ownerOf = (patient: string, person: string | undefined): unknown => {
  const linked = expect.objectContaining({ person });
  return expect.objectContaining({ patient, link: person === undefined ? null : linked });
};

describe('the predicate as SQL, on a real PostgreSQL', () => {
  let store: SmallStore;

  beforeAll(async () => {
    store = await openSmallStore();
    await store.fill(worlds);
    await store.analyze();
  }, 120_000);
  afterAll(() => store.close());

  it('finds by search exactly what the naive oracle shows', async () => {
    const seen = { visible: 0, hidden: 0, own: 0 };
    for (const { given, asked } of cases) {
      for (const type of TYPES) {
        const rows = await store.run(compileSearch(searchOf(type, 100), asked, { after: undefined }));
        const wanted = expected(given, asked, type);
        expect(idsOf(rows).toSorted()).toEqual(wanted);
        seen.visible += wanted.length;
        seen.own += asked.own === undefined ? 0 : wanted.length;
        seen.hidden += given.versions.filter(({ facts }) => facts.type === type).length - wanted.length;
      }
    }
    expect(Math.min(seen.visible, seen.hidden)).toBeGreaterThan(1000);
    expect(seen.own).toBeGreaterThan(100);
  }, 120_000);

  it('counts exactly what the naive oracle shows', async () => {
    for (const { given, asked } of cases.filter((_, place) => place % ASKED === 0)) {
      for (const type of TYPES) {
        const [row] = await store.run(compileCount(searchOf(type, 10), asked));
        expect(row?.['total']).toBe(expected(given, asked, type).length);
      }
    }
  }, 120_000);

  it('reads exactly what the naive oracle shows, and names the owners of the rest', async () => {
    for (const { given, asked } of cases.filter((_, place) => place % ASKED === 1)) {
      for (const version of given.versions) {
        const { type, id } = version.facts;
        const [row] = await store.run(compileRead({ type, id }, asked));
        const visible = isVisible(given, asked, version);
        expect([row?.['visible'], row?.['bytes'] !== null, row?.['saw_position']]).toEqual([
          visible,
          visible,
          '5',
        ]);
        const owners = version.patients.map((patient) => ownerOf(patient, given.links[patient]));
        expect(row?.['patients']).toEqual(expect.arrayContaining(owners));
      }
    }
  }, 120_000);

  it('walks pages of one to the same set', async () => {
    for (const { given, asked } of cases.filter((_, place) => place % 60 === 2)) {
      const found: string[] = [];
      let after: readonly string[] | undefined;
      do {
        const rows = await store.run(compileSearch(searchOf('Observation', 1), asked, { after }));
        const [row] = rows;
        found.push(...idsOf(rows.slice(0, 1)));
        const keys: unknown = row?.['sort_keys'];
        after = rows.length > 1 && Array.isArray(keys) ? keys.map(String) : undefined;
      } while (after !== undefined);
      expect(found).toEqual(expected(given, asked, 'Observation'));
    }
  });

  it('sends no value in the text of a statement', () => {
    const texts = cases.map(({ asked }) =>
      compileSearch(
        searchOf('Observation', 10),
        {
          ...asked,
          action: 'access',
          purpose: 'TREAT',
          actors: ['client:a'],
          scopes: [{ type: '*', criteria: [] }],
        },
        { after: undefined },
      ),
    );
    // one for whoever asks by Consents, one for a person's own access
    const known = new Set(texts.map((statement) => statement.text));
    expect(known.size).toBe(2);
    expect(new Set(texts.map((statement) => statement.name)).size).toBe(2);
  });
});
