import { randomBytes, randomUUID } from 'node:crypto';
import type { KeyedWriteChange, KeyedWriteEnd } from '../change.js';
import type { KeyedWriteBegun, KeyedWriteStore, KeyQuery, WriteAnswer } from '../keyed-writes/keyed-write.js';

/** A store to be tested, empty; `apply` writes a change as the append of a record does, and tells the record and its leaf. */
export interface KeyedWritesUnderTest {
  readonly writes: KeyedWriteStore;
  readonly apply: (
    change: KeyedWriteChange | KeyedWriteEnd,
  ) => Promise<{ readonly recordId: string; readonly leaf: string }>;
}

type MakeKeyedWrites = (keysPerClient: number) => Promise<KeyedWritesUnderTest>;

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const DAY_MS = 86_400_000;
const MANY = 1_000;
const TAKEN = { code: 'version-conflict', details: 'idempotency-key' };
const ENDED = { code: 'version-conflict', details: 'keyed-write' };
const DONE: WriteAnswer = { status: 201, id: randomUUID(), versionId: 'v1', reason: undefined };
const REFUSED: WriteAnswer = { status: 409, id: undefined, versionId: undefined, reason: 'version-conflict' };

/** A question after a key that nobody used. */
function makeQuery(change: Partial<KeyQuery> = {}): KeyQuery {
  return { client: randomUUID(), key: randomUUID(), request: randomBytes(32), nowMs: NOW_MS, ...change };
}

/** The write that a question is about, as it is begun. */
export function makeKeyedWrite(
  writes: KeyedWriteStore,
  query: KeyQuery,
  change: Partial<KeyedWriteBegun> = {},
): KeyedWriteBegun {
  return {
    id: randomUUID(),
    client: query.client,
    key: writes.keyDigest(query.client, query.key),
    request: query.request,
    interaction: 'create',
    target: {
      source: 'northside',
      type: 'Observation',
      id: undefined,
      patient: randomUUID(),
      sourceId: undefined,
      sourceVersion: undefined,
    },
    openedMs: query.nowMs,
    expiresMs: query.nowMs + DAY_MS,
    ...change,
  };
}

/** What every `KeyedWriteStore` does. */
export function shouldBehaveLikeKeyedWriteStore(make: MakeKeyedWrites): void {
  standsForOneRequest(make);
  isFreeAgain(make);
  ends(make);
  endsOtherwise(make);
  waits(make);
}

function standsForOneRequest(make: MakeKeyedWrites): void {
  it('keeps a write that was done at once, with its answer and the record that did it', async () => {
    const { writes, apply } = await make(MANY);
    const query = makeQuery();
    await expect(writes.standing(query)).resolves.toEqual({ kind: 'free', id: undefined });
    const write = makeKeyedWrite(writes, query);
    const { recordId, leaf } = await apply({ kind: 'keyed-write', write, answer: DONE });
    await expect(writes.standing(query)).resolves.toMatchObject({
      kind: 'taken',
      write: {
        id: write.id,
        state: 'done',
        answer: DONE,
        recordId,
        leaf,
        endRecordId: recordId,
        closedMs: NOW_MS,
        target: { ...write.target, id: DONE.id },
      },
    });
  });

  it('keeps the keys of clients apart, and knows a key that is asked for with another request', async () => {
    const { writes, apply } = await make(MANY);
    const query = makeQuery();
    await apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, query) });
    await expect(writes.standing({ ...query, client: 'another' })).resolves.toMatchObject({ kind: 'free' });
    const other = { ...query, request: randomBytes(32) };
    await expect(writes.standing(other)).resolves.toEqual({ kind: 'other-request' });
    expect(writes.keyDigest(query.client, query.key)).not.toBe(writes.keyDigest('another', query.key));
    expect(writes.keyDigest(query.client, query.key)).not.toContain(query.key);
  });

  it('refuses a second write under a key, the same request or another', async () => {
    const { writes, apply } = await make(MANY);
    const query = makeQuery();
    const write = makeKeyedWrite(writes, query);
    await apply({ kind: 'keyed-write', write });
    for (const again of [write, makeKeyedWrite(writes, query), { ...write, request: randomBytes(32) }]) {
      await expect(apply({ kind: 'keyed-write', write: again })).rejects.toMatchObject(TAKEN);
    }
    await expect(writes.get(write.id)).resolves.toMatchObject({ state: 'open', answer: undefined });
  });
}

function isFreeAgain(make: MakeKeyedWrites): void {
  it('lets a key stand for another request once its write ended and the key expired', async () => {
    const { writes, apply } = await make(MANY);
    const [query, open] = [makeQuery(), makeQuery()];
    await apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, query), answer: DONE });
    await apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, open) });
    const nowMs = NOW_MS + DAY_MS;
    const later = { ...query, request: randomBytes(32), nowMs };
    await expect(writes.standing(later)).resolves.toEqual({ kind: 'free', id: undefined });
    await apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, later) });
    await expect(writes.standing(later)).resolves.toMatchObject({ kind: 'taken', write: { state: 'open' } });
    await expect(writes.standing({ ...open, nowMs })).resolves.toMatchObject({ kind: 'taken' });
  });

  it('takes no more keys of a client than it may have, and room again once they expired', async () => {
    const { writes, apply } = await make(2);
    const client = randomUUID();
    const queries = [makeQuery({ client }), makeQuery({ client }), makeQuery({ client })] as const;
    for (const query of queries.slice(0, 2)) {
      await expect(writes.standing(query)).resolves.toMatchObject({ kind: 'free' });
      await apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, query), answer: DONE });
    }
    await expect(writes.standing(queries[2])).rejects.toMatchObject({ code: 'too-many-requests' });
    await expect(writes.standing(queries[0])).resolves.toMatchObject({ kind: 'taken' });
    await expect(writes.standing(makeQuery())).resolves.toMatchObject({ kind: 'free' });
    const later = { ...queries[2], nowMs: NOW_MS + DAY_MS };
    await expect(writes.standing(later)).resolves.toMatchObject({ kind: 'free' });
  });
}

function ends(make: MakeKeyedWrites): void {
  it.each([
    ['done', DONE],
    ['refused', REFUSED],
  ] as const)('ends a write that was begun as %s, once', async (state, answer) => {
    const { writes, apply } = await make(MANY);
    const query = makeQuery();
    const write = makeKeyedWrite(writes, query);
    const begun = await apply({ kind: 'keyed-write', write });
    const end: KeyedWriteEnd = { kind: 'keyed-write-end', id: write.id, state, answer, atMs: NOW_MS + 5 };
    const ended = await apply(end);
    await expect(writes.standing(query)).resolves.toMatchObject({
      kind: 'taken',
      write: { state, answer, ...begun, endRecordId: ended.recordId, closedMs: NOW_MS + 5 },
    });
    for (const again of ['done', 'refused', 'unknown', 'not-written'] as const) {
      await expect(apply({ ...end, state: again })).rejects.toMatchObject(ENDED);
    }
  });

  it('ends a write of which nobody knew, and notes only once that nobody knows', async () => {
    const { writes, apply } = await make(MANY);
    const write = makeKeyedWrite(writes, makeQuery());
    await apply({ kind: 'keyed-write', write });
    const end = { kind: 'keyed-write-end', id: write.id, atMs: NOW_MS } as const;
    await apply({ ...end, state: 'unknown' });
    await expect(apply({ ...end, state: 'unknown' })).rejects.toMatchObject(ENDED);
    await expect(writes.get(write.id)).resolves.toMatchObject({ state: 'unknown', closedMs: undefined });
    await apply({ ...end, state: 'done', answer: DONE });
    await expect(writes.get(write.id)).resolves.toMatchObject({
      state: 'done',
      answer: DONE,
      target: { id: DONE.id },
    });
  });
}

function endsOtherwise(make: MakeKeyedWrites): void {
  it('lets the same request begin again, under the same reference, after it was surely not written', async () => {
    const { writes, apply } = await make(MANY);
    const query = makeQuery();
    const write = makeKeyedWrite(writes, query);
    await apply({ kind: 'keyed-write', write });
    await apply({ kind: 'keyed-write-end', id: write.id, state: 'not-written', atMs: NOW_MS });
    await expect(writes.standing(query)).resolves.toEqual({ kind: 'free', id: write.id });
    const stranger = { ...write, id: randomUUID() };
    await expect(apply({ kind: 'keyed-write', write: stranger })).rejects.toMatchObject(TAKEN);
    const begun = await apply({ kind: 'keyed-write', write });
    await expect(writes.get(write.id)).resolves.toMatchObject({ state: 'open', ...begun });
  });

  it.each([
    ['done', DONE],
    ['refused', REFUSED],
  ] as const)(
    'takes the answer `%s` to a write that was said not to be written, for good',
    async (state, answer) => {
      const { writes, apply } = await make(MANY);
      const query = makeQuery();
      const write = makeKeyedWrite(writes, query);
      const begun = await apply({ kind: 'keyed-write', write });
      const end = { kind: 'keyed-write-end', id: write.id, atMs: NOW_MS } as const;
      await apply({ ...end, state: 'not-written' });
      for (const none of ['not-written', 'unknown'] as const) {
        await expect(apply({ ...end, state: none })).rejects.toMatchObject(ENDED);
      }
      const ended = await apply({ ...end, state, answer, atMs: NOW_MS + 5 });
      await expect(writes.standing(query)).resolves.toMatchObject({
        kind: 'taken',
        write: { state, answer, ...begun, endRecordId: ended.recordId, closedMs: NOW_MS + 5 },
      });
      for (const again of ['done', 'refused', 'unknown', 'not-written'] as const) {
        await expect(apply({ ...end, state: again, answer })).rejects.toMatchObject(ENDED);
      }
    },
  );

  it('knows no write of another id', async () => {
    const { writes, apply } = await make(MANY);
    await expect(writes.get(randomUUID())).resolves.toBeUndefined();
    await expect(writes.get('no id')).resolves.toBeUndefined();
    const end = { kind: 'keyed-write-end', id: randomUUID(), state: 'unknown', atMs: NOW_MS } as const;
    await expect(apply(end)).rejects.toMatchObject({ code: 'not-found' });
  });
}

function waits(make: MakeKeyedWrites): void {
  it('gives what is open or unknown for long enough, those due first, and what was put off when it is due', async () => {
    const { writes, apply } = await make(MANY);
    const begin = async (openedMs: number): Promise<string> => {
      const write = makeKeyedWrite(writes, makeQuery({ nowMs: openedMs }));
      await apply({ kind: 'keyed-write', write });
      return write.id;
    };
    const [late, early, young, over] = [await begin(20), await begin(10), await begin(90), await begin(5)];
    await apply({ kind: 'keyed-write-end', id: early ?? '', state: 'unknown', atMs: 30 });
    await apply({ kind: 'keyed-write-end', id: over ?? '', state: 'done', answer: DONE, atMs: 30 });
    const due = async (nowMs: number, limit = 10): Promise<readonly string[]> =>
      (await writes.unsettled({ openedBeforeMs: 50, nowMs, limit })).map(({ id }) => id);
    expect(await due(100)).toEqual([early, late]);
    expect(await due(100, 1)).toEqual([early]);
    await writes.postpone(early ?? '', 200);
    expect(await due(100)).toEqual([late]);
    expect(await due(200)).toEqual([late, early]);
    await expect(writes.get(early ?? '')).resolves.toMatchObject({ lookups: 1, state: 'unknown' });
    expect(await due(200)).not.toContain(young);
  });
}
