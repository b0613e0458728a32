import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { shouldBehaveLikeKeyVault } from '../testing/key-vault.contract.js';
import { SqlKeyVault } from './sql-key-vault.js';
import { ScratchPostgres } from './testing/scratch-postgres.js';

const schema = readFileSync(join(process.cwd(), 'libs/store/src/migrations/0001-init.sql'), 'utf8');
const plain = Buffer.from('what a person did');

describe('SqlKeyVault', () => {
  let postgres: ScratchPostgres;
  let pool: Pool;
  const rootKey = randomBytes(32);
  const vaultOf = (tenant: string, options = {}): SqlKeyVault =>
    new SqlKeyVault({ pool, tenant, rootKey, ...options });

  beforeAll(async () => {
    postgres = await ScratchPostgres.start();
    pool = postgres.pool('postgres');
    await pool.query(schema);
  }, 60_000);
  afterAll(() => postgres.stop());

  shouldBehaveLikeKeyVault(async () => vaultOf(randomUUID()));

  it('agrees with another replica on one key for a scope, however they race', async () => {
    const tenant = randomUUID();
    const replicas = Array.from({ length: 6 }, () => vaultOf(tenant));
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
    const tenant = randomUUID();
    const [maker, rotator, reader] = [vaultOf(tenant), vaultOf(tenant), vaultOf(tenant)];
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
    const tenant = randomUUID();
    const vault = vaultOf(tenant);
    const { sealed } = await vault.wrap({ kind: 'person', person: 'p' }, plain, 'r');
    const { rows } = await pool.query<{ wrapped: Buffer }>(
      'select wrapped from vault_key where tenant = $1 union all select wrapped from epoch_key where tenant = $1',
      [tenant],
    );
    expect(rows).toHaveLength(2);
    for (const { wrapped } of rows) {
      expect(wrapped.includes(rootKey)).toBe(false);
      expect(wrapped).toHaveLength(12 + 32 + 16);
    }
    expect(Buffer.from(sealed).includes(plain)).toBe(false);
  });

  it('opens nothing under another root key', async () => {
    const tenant = randomUUID();
    const { keyId, sealed } = await vaultOf(tenant).wrap({ kind: 'person', person: 'p' }, plain, 'r');
    const stranger = vaultOf(tenant, { rootKey: randomBytes(32) });
    await expect(stranger.unwrap(keyId, sealed, 'r')).rejects.toMatchObject({ code: 'integrity-failure' });
    expect(() => vaultOf(tenant, { rootKey: randomBytes(16) })).toThrow('vault-root-length');
  });

  it('leaves no older epoch after a rotation, and begins one when the newest is a month old', async () => {
    const tenant = randomUUID();
    let now = Date.now();
    const vault = vaultOf(tenant, { now: () => now });
    const epochs = async (): Promise<number[]> =>
      (
        await pool.query<{ epoch: number }>('select epoch from epoch_key where tenant = $1 order by epoch', [
          tenant,
        ])
      ).rows.map(({ epoch }) => epoch);
    await vault.wrap({ kind: 'person', person: 'a' }, plain, 'r');
    await vault.rotateEpoch();
    expect(await epochs()).toEqual([2]);
    now += 30 * 86_400_000;
    await vault.wrap({ kind: 'person', person: 'b' }, plain, 'r');
    expect(await epochs()).toEqual([2, 3]);
  });

  it('forgets a key that another replica destroyed within the time that a key may be held', async () => {
    const tenant = randomUUID();
    const scope = { kind: 'person', person: 'p' } as const;
    const [here, there] = [vaultOf(tenant, { cacheMs: 1 }), vaultOf(tenant)];
    const { keyId, sealed } = await here.wrap(scope, plain, 'r');
    await there.destroy(scope);
    const deadline = Date.now() + 5_000;
    let opened: Uint8Array | undefined;
    do opened = await here.unwrap(keyId, sealed, 'r');
    while (opened !== undefined && Date.now() < deadline);
    expect(opened).toBeUndefined();
  });

  it('refuses where a key row was taken away, or its scope was changed', async () => {
    const tenant = randomUUID();
    const { keyId, sealed } = await vaultOf(tenant).wrap({ kind: 'person', person: 'p' }, plain, 'r');
    await pool.query('update vault_key set scope = $2 where tenant = $1', [tenant, 'person:q']);
    await expect(vaultOf(tenant).unwrap(keyId, sealed, 'r')).rejects.toMatchObject({
      code: 'integrity-failure',
    });
    await pool.query('delete from vault_key where tenant = $1', [tenant]);
    await expect(vaultOf(tenant).unwrap(keyId, sealed, 'r')).rejects.toMatchObject({
      code: 'integrity-failure',
    });
  });
});
