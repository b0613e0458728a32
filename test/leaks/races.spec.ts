import type { ServePermit } from '#consent';
import type { ResourceStore, Stored } from '#store';
import { permitTask } from '#consent';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';
import { ask } from './ask.js';
import type { Caller } from './callers.js';
import type { Input } from './inputs.js';
import { System } from './system.js';
import { VILLAGE } from './village.js';

const APP: Caller = { client: 'app', scope: 'system/*.rs' };
const PEOPLE = VILLAGE.filter(({ key }) => /^(ann|bea|dee)/.test(key));
const TARGETS = [
  '/Observation/ann-1',
  '/Patient/ann',
  '/Observation/ann-edited/_history',
  '/Observation',
  '/Observation?patient=ann',
  '/Observation?patient=ann,bea',
] as const;

function revocationOf(person: string): Input {
  return { key: `${person} ends`, atMs: 0, kind: 'revoke', grant: `${person} grant permit`, how: 'latch' };
}

function positionOf({ predicate }: ServePermit): bigint {
  return predicate.asOf.position;
}

/** A store before which, or after which, something happens. */
function around(store: ResourceStore, change: <T>(answer: () => Promise<T>) => Promise<T>): ResourceStore {
  return {
    read: (permit, ref) => change(() => store.read(permit, ref)),
    vread: (permit, ref, versionId) => change(() => store.vread(permit, ref, versionId)),
    history: (permit, ref, search) => change(() => store.history(permit, ref, search)),
    search: (permit, search) => change(() => store.search(permit, search)),
    scan: (permit, from, limit) => store.scan(permit, from, limit),
  };
}

async function open(): Promise<System> {
  return System.open(await openTestDatabase(), PEOPLE);
}

describe('a rule that changes between query and guard', () => {
  it.each(TARGETS)(
    'leads to another try, and nothing of hers leaves: %s',
    async (target) => {
      const system = await open();
      const { resources } = system.parts;
      let queries = 0;
      system.answerFrom(
        around(resources, async (answer) => {
          const found = await answer();
          if ((queries += 1) === 1) await system.replay([revocationOf('ann')]);
          return found;
        }),
      );
      const { status, body } = await ask(system, APP, { target });
      expect(body).not.toMatch(/ann-|Family-ann/);
      expect([200, 403, 404]).toContain(status);
      expect(system.incidents).toEqual([]);
      expect(system.log.records).toHaveLength(1);
      await system.close();
    },
    30_000,
  );

  it('is asked again twice at most; the record of giving up names whose data had been found', async () => {
    const system = await open();
    const { resources } = system.parts;
    let queries = 0;
    let before: ReturnType<ResourceStore['read']> | undefined;
    system.answerFrom({
      ...around(resources, (answer) => answer()),
      // A replica that lags behind: it has not heard of the revocation.
      read: async (permit, ref) => {
        queries += 1;
        before ??= resources.read(permit, ref);
        const found = await before;
        if (queries === 1) await system.replay([revocationOf('ann')]);
        return found;
      },
    });
    const { status, body } = await ask(system, APP, { target: '/Observation/ann-1' });
    expect([status, queries, body.includes('ann'), system.incidents]).toEqual([503, 3, false, []]);
    const told = system.log.records.map(({ op, subjects }) => [
      op.outcome,
      subjects.map(({ patient }) => patient),
    ]);
    expect(told).toEqual([['overloaded', ['ann']]]);
    await system.close();
  }, 120_000);
});

describe('a row that the guard removes though no rule changed', () => {
  it('is an incident, and nothing leaves', async () => {
    const system = await open();
    const rows = await system.parts.resources.scan(permitTask('integrity-scan'), 0n, 1000);
    const dee = rows.filter(({ type, id }) => type === 'Observation' && id === 'dee-1');
    const linked: readonly Stored[] = dee.map((row) => ({
      ...row,
      patients: row.patients.map((one) => ({ ...one, person: 'a1a1a1a1-0000-4000-8000-000000000000' })),
    }));
    expect(linked).toHaveLength(1);
    const { resources } = system.parts;
    const page = (permit: ServePermit) => ({
      rows: linked,
      next: undefined,
      total: undefined,
      sawPosition: positionOf(permit),
      sawVersions: new Map<string, bigint>(),
      owners: { persons: [] },
    });
    const found = (permit: ServePermit) => {
      const [stored] = linked;
      if (stored === undefined) throw new Error('nothing was scanned');
      return {
        kind: 'found',
        stored,
        sawPosition: positionOf(permit),
        sawVersions: new Map<string, bigint>(),
      } as const;
    };
    system.answerFrom({
      scan: (permit, from, limit) => resources.scan(permit, from, limit),
      read: (permit) => Promise.resolve(found(permit)),
      vread: (permit) => Promise.resolve(found(permit)),
      history: (permit) => Promise.resolve(page(permit)),
      search: (permit) => Promise.resolve(page(permit)),
    });
    const bodies = new Set<string>();
    for (const target of [
      '/Observation/dee-1',
      '/Observation/dee-1/_history',
      '/Observation',
      '/Observation?patient=ann',
    ]) {
      const { status, body } = await ask(system, APP, { target });
      expect([target, status]).toEqual([target, 503]);
      expect(body).not.toContain('dee');
      bodies.add(body);
    }
    expect(bodies.size).toBe(1);
    // one for each request, however often it was tried
    expect(system.incidents).toEqual(['guard-removed', 'guard-removed', 'guard-removed', 'guard-removed']);
    expect(system.log.records.map(({ op }) => op.status)).toEqual([503, 503, 503, 503]);
    await system.close();
  }, 120_000);
});

describe('a log that cannot append', () => {
  it('lets nothing leave but one constant 503, whatever was found', async () => {
    const system = await open();
    const bodies = new Set<string>();
    for (const target of [
      ...TARGETS,
      '/Observation/dee-1',
      '/Observation?patient=dee',
      '/Observation?nonsense=1',
      '/Nonsense',
    ]) {
      system.log.failNextAppends(1);
      const { status, headers, body } = await ask(system, APP, { target });
      expect([target, status, headers['retry-after'], headers['etag']]).toEqual([
        target,
        503,
        '1',
        undefined,
      ]);
      bodies.add(body);
    }
    expect([...bodies]).toEqual([expect.stringContaining('seal-unavailable')]);
    expect(system.log.records).toEqual([]);
    await system.close();
  }, 120_000);
});

describe('a grant that ends by itself', () => {
  it('is over for a permit that was made a moment before, as soon as its time has come', async () => {
    const system = await open();
    const { resources } = system.parts;
    system.answerFrom(
      around(resources, (answer) => {
        system.nowMs += 60_000;
        return answer();
      }),
    );
    const { status, body } = await ask(system, APP, { target: '/Observation/ann-1' });
    expect([status, body.includes('ann')]).toEqual([503, false]);
    await system.close();
  }, 120_000);
});
