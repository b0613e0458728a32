import { GatewayError } from '#outcome';
import { makeInboxMessage } from '../../../../libs/store/src/testing/inbox.contract.js';
import { MemoryInbox } from '../../../../libs/store/src/testing/memory-inbox.js';
import type { DeliveredMessage, Message } from './deliver-message.js';
import { InboxWorker, type InboxTrouble, type InboxWorkerOptions } from './inbox-worker.js';

const LIMIT_MS = 90_000;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('InboxWorker', () => {
  let inbox: MemoryInbox;
  let workers: InboxWorker[];
  const troubles: InboxTrouble[] = [];
  const ended: string[] = [];
  const delivered: string[] = [];

  beforeEach(() => {
    inbox = new MemoryInbox();
    workers = [];
    for (const list of [troubles, ended, delivered]) list.length = 0;
  });
  afterEach(() => Promise.all(workers.map((worker) => worker.stop())));

  /** Converts as told, and writes the new state as the append would. */
  function start(
    deliver: (message: Message) => Promise<DeliveredMessage> = () =>
      Promise.resolve({ kind: 'done', state: 'converted' }),
    change: Partial<InboxWorkerOptions> = {},
  ): InboxWorker {
    const worker = new InboxWorker({
      queue: inbox,
      lead: { hold: (sources) => Promise.resolve(sources), release: () => undefined },
      sources: ['lakeview'],
      deliver: async (message) => {
        const outcome = await deliver(message);
        if (outcome.kind === 'done')
          await inbox.apply({ kind: 'inbox', id: message.id, state: outcome.state, issues: [] });
        delivered.push(message.id);
        return outcome;
      },
      figures: { ended: (source, state) => ended.push(`${source} ${state}`) },
      report: (trouble) => troubles.push(trouble),
      lookMs: 20,
      ...change,
    });
    workers.push(worker);
    worker.start();
    return worker;
  }

  async function fill(lanes: readonly string[]): Promise<readonly string[]> {
    const receipts = await Promise.all(
      lanes.map((lane) => inbox.receive(makeInboxMessage({ lanes: [lane] }))),
    );
    return receipts.map(({ id }) => id);
  }
  const isEmpty = async () => (await inbox.list({ state: 'received', limit: 1 })).length === 0;

  it('converts all that waits, each patient in order, at most 128 at a time', async () => {
    const lanes = Array.from({ length: 1_200 }, (_, at) => `p${at % 200}`);
    const ids = await fill(lanes);
    let [now, most] = [0, 0];
    const full = Promise.withResolvers<void>();
    start(async () => {
      now += 1;
      most = Math.max(most, now);
      if (now === 128) setImmediate(full.resolve);
      await full.promise;
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { kind: 'done', state: 'converted' };
    });
    await until(isEmpty);
    expect(most).toBe(128);
    const place = new Map(delivered.map((id, at) => [id, at]));
    for (let lane = 0; lane < 200; lane += 1) {
      const order = ids.filter((_, at) => at % 200 === lane).map((id) => place.get(id) ?? -1);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
    expect(ended).toEqual(Array.from({ length: 1_200 }, () => 'lakeview converted'));
  });

  it('begins at once when it is poked', async () => {
    let looks = 0;
    const hold = (sources: readonly string[]) => {
      looks += 1;
      return Promise.resolve(sources);
    };
    const worker = start(undefined, { lookMs: 60_000, lead: { hold, release: () => undefined } });
    await until(() => looks === 1);
    await fill(['p']);
    worker.poke();
    await until(isEmpty);
    expect(delivered).toHaveLength(1);
  });

  it('fails what cannot be converted, with the reason, and goes on with the same patient', async () => {
    const [malformed = '', broken = '', integrity = '', fine = ''] = await fill(['p', 'p', 'p', 'p']);
    const issue = { severity: 'error', code: 'malformed', type: undefined, expression: 'MSH' } as const;
    start((message) => {
      if (message.id === malformed)
        return Promise.resolve({ kind: 'failed', reason: 'malformed', issues: [issue] });
      if (message.id === broken) return Promise.reject(new TypeError('a fault of ours'));
      if (message.id === integrity) return Promise.reject(new GatewayError('integrity-failure'));
      return Promise.resolve({ kind: 'done', state: 'unsupported' });
    });
    await until(isEmpty);
    expect(await inbox.show(malformed)).toMatchObject({
      state: 'failed',
      reason: 'malformed',
      issues: [issue],
    });
    expect(await inbox.show(broken)).toMatchObject({ state: 'failed', reason: 'fault' });
    expect(await inbox.show(integrity)).toMatchObject({ state: 'failed', reason: 'integrity-failure' });
    expect(await inbox.show(fine)).toMatchObject({ state: 'unsupported' });
    expect(troubles.map(({ kind, id }) => [kind, id])).toEqual([
      ['failed', malformed],
      ['failed', broken],
      ['failed', integrity],
    ]);
  });

  it('converts again what was replayed', async () => {
    let isFixed = false;
    const [id = ''] = await fill(['p']);
    start(() =>
      isFixed ? Promise.resolve({ kind: 'done', state: 'converted' }) : Promise.reject(new Error('not yet')),
    );
    await until(async () => (await inbox.show(id)).state === 'failed');
    isFixed = true;
    await inbox.replay(id);
    await until(async () => (await inbox.show(id)).state === 'converted');
    expect((await inbox.show(id)).attempts).toBe(2);
  });

  it('leaves messages waiting while the log or the database is away, and says so once', async () => {
    await fill(['p', 'q']);
    let failures = 6;
    start(() => {
      failures -= 1;
      if (failures >= 0) {
        return Promise.reject(
          failures % 2 === 0
            ? new GatewayError('seal-unavailable')
            : new Error('Connection terminated unexpectedly'),
        );
      }
      return Promise.resolve({ kind: 'done', state: 'converted' });
    });
    await until(isEmpty);
    expect(await inbox.list({ state: 'failed', limit: 10 })).toEqual([]);
    expect(troubles.map(({ kind }) => kind)).toEqual(['unavailable']);
  });

  it('lets no message overtake an earlier one of its patient that went back', async () => {
    const ids = await fill(Array.from({ length: 400 }, (_, at) => `p${at % 200}`));
    const place = new Map(ids.map((id, at) => [id, at]));
    const tried = new Set<string>();
    start(({ id }) => {
      const at = place.get(id) ?? 0;
      const cause = new GatewayError(at % 2 === 0 ? 'seal-unavailable' : 'version-conflict');
      if (tried.has(id) || at >= 128) return Promise.resolve({ kind: 'done', state: 'converted' });
      tried.add(id);
      return Promise.reject(cause);
    });
    await until(isEmpty);
    expect(tried.size).toBe(128);
    const done = new Map(delivered.map((id, at) => [id, at]));
    const isOvertaken = (id: string, at: number) =>
      (done.get(ids[at + 200] ?? '') ?? 0) < (done.get(id) ?? 0);
    expect(ids.slice(0, 200).filter(isOvertaken)).toEqual([]);
  });

  it.each(['57014', '53200'])('gives up a message that needs too much of the database (%s)', async (code) => {
    const [poison = '', fine = ''] = await fill(['p', 'q']);
    start(
      ({ id }) =>
        id === poison
          ? Promise.reject(Object.assign(new Error('too much'), { code }))
          : Promise.resolve({ kind: 'done', state: 'converted' }),
      { longestPauseMs: 1 },
    );
    await until(isEmpty);
    expect(await inbox.show(poison)).toMatchObject({ state: 'failed', reason: 'fault' });
    expect(await inbox.show(fine)).toMatchObject({ state: 'converted' });
  });

  it('waits out an inbox that does not answer', async () => {
    await fill(['p']);
    let failures = 2;
    const hold = (sources: readonly string[]) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error('Connection terminated')) : Promise.resolve(sources);
    };
    start(undefined, { lead: { hold, release: () => undefined } });
    await until(isEmpty);
    expect(troubles.map(({ kind }) => kind)).toEqual(['unavailable']);
  });

  it('calls what stops all a fault where neither database nor log is away', async () => {
    await fill(['p']);
    const take = inbox.take.bind(inbox);
    inbox.take = () => Promise.reject(new TypeError('a fault of ours'));
    start();
    await until(() => troubles.length > 0);
    inbox.take = take;
    await until(isEmpty);
    expect(troubles).toMatchObject([{ kind: 'fault', id: undefined }]);
  });

  it('forgets rows that are not as they were written once they wait no more', async () => {
    const [altered = ''] = await fill(['p']);
    const [take, waiting] = [inbox.take.bind(inbox), inbox.waiting.bind(inbox)];
    const limits: number[] = [];
    inbox.waiting = (sources, limit) => {
      limits.push(limit);
      return waiting(sources, limit);
    };
    inbox.take = async (ids) => (await take(ids)).map(({ id, source }) => ({ kind: 'altered', id, source }));
    start(undefined, { lookMs: 1 });
    await until(() => limits.at(-1) === (limits[0] ?? 0) + 1);
    await inbox.discard(altered, 'edited');
    await until(() => limits.at(-1) === limits[0]);
    expect(troubles).toHaveLength(1);
  });

  it('tries a delivery again that others got in the way of, and passes over what others converted', async () => {
    const [contested = '', taken = ''] = await fill(['p', 'q']);
    let tries = 0;
    start(async ({ id }) => {
      if (id === taken) {
        await inbox.apply({ kind: 'inbox', id, state: 'converted', issues: [] });
        throw new GatewayError('version-conflict', { details: 'inbox' });
      }
      tries += 1;
      if (tries < 4) throw new GatewayError('version-conflict');
      return { kind: 'done', state: 'converted' };
    });
    await until(isEmpty);
    expect(tries).toBe(4);
    expect(await inbox.show(contested)).toMatchObject({ state: 'converted', attempts: 1 });
    expect(troubles).toEqual([]);
  });

  it('gives up a delivery that always conflicts', async () => {
    const [id = ''] = await fill(['p']);
    start(() => Promise.reject(new GatewayError('version-conflict')));
    await until(isEmpty);
    expect(await inbox.show(id)).toMatchObject({ state: 'failed', reason: 'version-conflict' });
  });

  it('does not convert a row that is not as it was written, and goes on with the others', async () => {
    const [altered = '', fine = ''] = await fill(['p', 'p']);
    const take = inbox.take.bind(inbox);
    inbox.take = async (ids) =>
      (await take(ids)).map((each) =>
        each.id === altered ? { kind: 'altered', id: each.id, source: each.source } : each,
      );
    start();
    await until(async () => (await inbox.show(fine)).state === 'converted');
    expect(await inbox.show(altered)).toMatchObject({ state: 'received' });
    expect(troubles).toMatchObject([{ kind: 'altered', id: altered }]);
    expect(delivered).toEqual([fine]);
  });

  it('takes only messages of sources that it leads', async () => {
    await fill(['p']);
    await inbox.receive(makeInboxMessage({ source: 'hillside' }));
    start(undefined, {
      sources: ['lakeview', 'hillside'],
      lead: { hold: () => Promise.resolve(['hillside']), release: () => undefined },
    });
    await until(() => delivered.length === 1);
    expect(await inbox.list({ state: 'received', limit: 10 })).toMatchObject([{ source: 'lakeview' }]);
  });

  it('ends what is under way when it stops, takes nothing more, and gives its sources up last', async () => {
    await fill(['p', 'p']);
    const gate = Promise.withResolvers<void>();
    const released: number[] = [];
    const worker = start(
      async () => {
        await gate.promise;
        return { kind: 'done', state: 'converted' };
      },
      {
        lead: { hold: (sources) => Promise.resolve(sources), release: () => released.push(delivered.length) },
      },
    );
    await until(() => worker.oldestMs().size > 0);
    const stopped = worker.stop();
    gate.resolve();
    await stopped;
    expect(delivered.length).toBeLessThanOrEqual(1);
    expect(released).toEqual([delivered.length]);
    expect(await isEmpty()).toBe(false);
  });
});
