import { shouldBehaveLikeTokenStore } from '../../smart/src/testing/token-store.contract.js';
import { RowMac } from './row-mac.js';
import { SqlTokenStore } from './sql-token-store.js';
import { openTestDatabase, type TestDatabase } from './testing/test-database.js';

const context = { tenant: 'default', mac: new RowMac(new Uint8Array(32).fill(2)) };

describe('SqlTokenStore', () => {
  let database: TestDatabase;
  let store: SqlTokenStore;
  beforeAll(async () => {
    database = await openTestDatabase();
    store = new SqlTokenStore(database.pool, context);
  }, 120_000);
  afterAll(() => database.close());

  shouldBehaveLikeTokenStore(() => store);

  it.each([
    ['the payload', `payload = jsonb_set(payload, '{clientId}', '"other"')`],
    ['the consumption', 'consumed_at = null'],
    ['the expiry', `expires_at = expires_at + interval '1 day'`],
    ['the id', `id_hash = 'abc'`],
  ])('finds a row of which %s was changed', async (_what, change) => {
    const kind = `Kind ${change.length}`;
    const model = {
      kind,
      idHash: 'a1',
      payload: { clientId: 'app', rate: 1.5 },
      grantId: undefined,
      userCode: undefined,
      uid: 'u',
      expiresMs: 1_800_000_000_000,
      consumedMs: 1_700_000_000_000,
    };
    await store.upsert(model);
    await expect(store.findByUid(kind, 'u')).resolves.toEqual(model);
    await database.admin(`update oidc_payload set ${change} where kind = $1`, [kind]);
    await expect(store.findByUid(kind, 'u')).rejects.toMatchObject({ code: 'integrity-failure' });
  });
});
