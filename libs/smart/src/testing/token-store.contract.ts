import crypto from 'node:crypto';
import type { StoredGrantModel, TokenStore } from '../token-store.js';

const T0 = Date.UTC(2026, 0, 1);
const PARALLEL = 20;

const unique = () => crypto.randomBytes(32).toString('hex');

function modelOf(change: Partial<StoredGrantModel> = {}): StoredGrantModel {
  return {
    kind: `Kind${unique().slice(0, 8)}`,
    idHash: unique(),
    payload: { clientId: 'app', iat: 1, nested: { list: ['a', 1, true, null] } },
    grantId: undefined,
    userCode: undefined,
    uid: undefined,
    expiresMs: T0 + 60_000,
    consumedMs: undefined,
    ...change,
  };
}

/**
 * What every `TokenStore` promises. The store that `make` gives may hold other rows and may be the same each time.
 *
 * @param make the store under test; called in each test
 */
export function shouldBehaveLikeTokenStore(make: () => TokenStore | Promise<TokenStore>): void {
  shouldKeepRows(make);
  shouldBeAtomic(make);
  shouldForget(make);
}

function shouldKeepRows(make: () => TokenStore | Promise<TokenStore>): void {
  it('gives back what was stored, field by field', async () => {
    const store = await make();
    const model = modelOf({ grantId: unique(), userCode: 'code', uid: unique(), consumedMs: T0 });
    await store.upsert(model);
    expect(await store.find(model.kind, model.idHash)).toEqual(model);
    expect(await store.findByUid(model.kind, model.uid ?? '')).toEqual(model);
  });

  it('keeps rows that never expire', async () => {
    const store = await make();
    const model = modelOf({ expiresMs: undefined });
    await store.upsert(model);
    await store.sweep(T0 + 1e12);
    expect(await store.find(model.kind, model.idHash)).toEqual(model);
  });

  it('knows nothing of other kinds and ids', async () => {
    const store = await make();
    const model = modelOf({ uid: unique() });
    await store.upsert(model);
    expect(await store.find('Other', model.idHash)).toBeUndefined();
    expect(await store.find(model.kind, unique())).toBeUndefined();
    expect(await store.findByUid('Other', model.uid ?? '')).toBeUndefined();
  });

  it('replaces the whole row when it is stored again', async () => {
    const store = await make();
    const model = modelOf({ grantId: unique(), consumedMs: T0 });
    await store.upsert(model);
    const next = { ...model, payload: { clientId: 'other' }, grantId: undefined, consumedMs: undefined };
    await store.upsert(next);
    expect(await store.find(model.kind, model.idHash)).toEqual(next);
  });

  it('lists the rows of one kind', async () => {
    const store = await make();
    const [first, other] = [modelOf(), modelOf()];
    const second = modelOf({ kind: first.kind });
    await Promise.all([first, second, other].map((model) => store.upsert(model)));
    const ids = (await store.list(first.kind)).map((model) => model.idHash);
    expect(ids.toSorted()).toEqual([first.idHash, second.idHash].toSorted());
  });
}

function shouldBeAtomic(make: () => TokenStore | Promise<TokenStore>): void {
  it('lets one of many parallel inserts through, and leaves the row of that one', async () => {
    const store = await make();
    const model = modelOf();
    const tries = Array.from({ length: PARALLEL }, (_, index) => ({ ...model, payload: { index } }));
    const results = await Promise.all(tries.map((each) => store.insertOnce(each)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect((await store.find(model.kind, model.idHash))?.payload).toEqual({ index: results.indexOf(true) });
  });

  it('lets one of many parallel consumers through', async () => {
    const store = await make();
    const model = modelOf();
    await store.upsert(model);
    const results = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) => store.consume(model.kind, model.idHash, T0 + index)),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect((await store.find(model.kind, model.idHash))?.consumedMs).toBe(T0 + results.indexOf(true));
  });

  it('consumes nothing that is not there', async () => {
    const store = await make();
    expect(await store.consume('Kind', unique(), T0)).toBe(false);
  });
}

function shouldForget(make: () => TokenStore | Promise<TokenStore>): void {
  it('destroys one row, and does not mind if it is gone', async () => {
    const store = await make();
    const model = modelOf();
    await store.upsert(model);
    await store.destroy(model.kind, model.idHash);
    await store.destroy(model.kind, model.idHash);
    expect(await store.find(model.kind, model.idHash)).toBeUndefined();
  });

  it("revokes the rows of a grant and of one kind, and no others'", async () => {
    const store = await make();
    const grantId = unique();
    const [token, otherGrant] = [modelOf({ grantId }), modelOf({ grantId: unique() })];
    const otherKind = modelOf({ grantId });
    await Promise.all([token, otherGrant, otherKind].map((model) => store.upsert(model)));
    await store.revokeByGrantId(token.kind, grantId);
    expect(await store.find(token.kind, token.idHash)).toBeUndefined();
    expect(await store.find(otherGrant.kind, otherGrant.idHash)).toBeDefined();
    expect(await store.find(otherKind.kind, otherKind.idHash)).toBeDefined();
  });

  it('sweeps what expired before, and leaves the rest', async () => {
    const store = await make();
    const [old, edge] = [modelOf({ expiresMs: T0 - 1 }), modelOf({ expiresMs: T0 })];
    await Promise.all([old, edge].map((model) => store.upsert(model)));
    expect(await store.sweep(T0)).toBeGreaterThanOrEqual(1);
    expect(await store.find(old.kind, old.idHash)).toBeUndefined();
    expect(await store.find(edge.kind, edge.idHash)).toBeDefined();
  });
}
