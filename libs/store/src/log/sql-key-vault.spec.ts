import { randomBytes, randomUUID } from 'node:crypto';
import { shouldBehaveLikeKeyVault } from '../testing/key-vault.contract.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { SqlKeyVault } from './sql-key-vault.js';

const plain = Buffer.from('what a person did');

describe('SqlKeyVault', () => {
  const rootKey = randomBytes(32);
  const open: TestDatabase[] = [];
  const database = async (): Promise<TestDatabase> => {
    const made = await openTestDatabase();
    open.push(made);
    return made;
  };
  const vaultOf = ({ pool }: TestDatabase, options = {}): SqlKeyVault =>
    new SqlKeyVault({ pool, tenant: 'default', rootKey, ...options });

  afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

  shouldBehaveLikeKeyVault(async () => vaultOf(await database()));

  it('agrees with another replica on one key for a scope, however they race', async () => {
    const db = await database();
    const replicas = Array.from({ length: 6 }, () => vaultOf(db));
    const scopes = Array.from({ length: 40 }, () => ({ kind: 'person', person: randomUUID() }) as const);
    const ids = await Promise.all(
      replicas.map((vault, turn) => {
        const order = turn % 2 === 0 ? scopes : scopes.toReversed();
        return Promise.all(
          order.map(async (scope) => `${scope.person} ${(await vault.wrap(scope, plain, 'r')).keyId}`),
        );
      }),
    );
    for (const each of ids) expect(each.toSorted()).toEqual(ids[0]?.toSorted());
  });

  it('loses no key where replicas make scopes while another rotates the epoch', async () => {
    const db = await database();
    const [maker, rotator, reader] = [vaultOf(db), vaultOf(db), vaultOf(db)];
    const sealed: { readonly keyId: string; readonly sealed: Uint8Array }[] = [];
    const make = async (): Promise<void> => {
      for (let turn = 0; turn < 40; turn++) {
        sealed.push(await maker.wrap({ kind: 'person', person: randomUUID() }, plain, 'r'));
      }
    };
    const rotate = async (): Promise<void> => {
      for (let turn = 0; turn < 10; turn++) await rotator.rotateEpoch();
    };
    await Promise.all([make(), rotate()]);
    for (const each of sealed) expect(await reader.unwrap(each.keyId, each.sealed, 'r')).toEqual(plain);
  });

  it('keeps the root key and the plain text of every key out of the database', async () => {
    const db = await database();
    const vault = vaultOf(db);
    const { sealed } = await vault.wrap({ kind: 'person', person: 'p' }, plain, 'r');
    const { rows } = await db.admin('select wrapped from vault_key union all select wrapped from epoch_key');
    expect(rows).toHaveLength(2);
    for (const { wrapped } of rows) {
      expect(wrapped.includes(rootKey)).toBe(false);
      expect(wrapped).toHaveLength(12 + 32 + 16);
    }
    expect(Buffer.from(sealed).includes(plain)).toBe(false);
  });

  it('opens nothing under another root key', async () => {
    const db = await database();
    const { keyId, sealed } = await vaultOf(db).wrap({ kind: 'person', person: 'p' }, plain, 'r');
    const stranger = vaultOf(db, { rootKey: randomBytes(32) });
    await expect(stranger.unwrap(keyId, sealed, 'r')).rejects.toMatchObject({ code: 'integrity-failure' });
    expect(() => vaultOf(db, { rootKey: randomBytes(16) })).toThrow('vault-root-length');
  });

  it('leaves no older epoch after a rotation, and begins one when the newest is a month old', async () => {
    const db = await database();
    let now = Date.now();
    const vault = vaultOf(db, { now: () => now });
    const epochs = async (): Promise<number[]> =>
      (
        await db.pool.query<{ epoch: number }>(
          `select epoch from epoch_key where wrapped <> '' order by epoch`,
        )
      ).rows.map(({ epoch }) => epoch);
    await vault.wrap({ kind: 'person', person: 'a' }, plain, 'r');
    await vault.rotateEpoch();
    expect(await epochs()).toEqual([2]);
    now += 30 * 86_400_000;
    await vault.wrap({ kind: 'person', person: 'b' }, plain, 'r');
    expect(await epochs()).toEqual([2, 3]);
  });

  it('forgets a key that another replica destroyed within the time that a key may be held', async () => {
    const db = await database();
    const scope = { kind: 'person', person: 'p' } as const;
    const [here, there] = [vaultOf(db, { cacheMs: 1 }), vaultOf(db)];
    const { keyId, sealed } = await here.wrap(scope, plain, 'r');
    await there.destroy(scope);
    const deadline = Date.now() + 5_000;
    let opened: Uint8Array | undefined;
    do opened = await here.unwrap(keyId, sealed, 'r');
    while (opened !== undefined && Date.now() < deadline);
    expect(opened).toBeUndefined();
  });

  it('refuses where a key row was taken away, or its scope was changed', async () => {
    const db = await database();
    const { keyId, sealed } = await vaultOf(db).wrap({ kind: 'person', person: 'p' }, plain, 'r');
    await db.admin('update vault_key set scope = $1', ['person:q']);
    await expect(vaultOf(db).unwrap(keyId, sealed, 'r')).rejects.toMatchObject({
      code: 'integrity-failure',
    });
    await db.admin('delete from vault_key');
    await expect(vaultOf(db).unwrap(keyId, sealed, 'r')).rejects.toMatchObject({
      code: 'integrity-failure',
    });
  });
});
