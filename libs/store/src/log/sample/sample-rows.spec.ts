import { randomBytes } from 'node:crypto';
import { SqlInbox } from '../../inbox/sql-inbox.js';
import type { RowMac } from '../../row-mac.js';
import { SqlTokenStore } from '../../sql-token-store.js';
import { makeInboxMessage } from '../../testing/inbox.contract.js';
import { NOW_MS, StoreWorld } from '../../testing/store-world.js';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { SqlKeyVault } from '../sql-key-vault.js';
import type { SampleFinding } from './sample-options.js';
import { sampleRows } from './sample-rows.js';

/** Rows of a world that has no log. */
async function rowsOf({ pool }: TestDatabase, mac: RowMac): Promise<readonly SampleFinding[]> {
  const vault = new SqlKeyVault({ pool, tenant: 'default', rootKey: new Uint8Array(32) });
  const head = { origin: '', size: 0n, root: new Uint8Array(), frontier: new Uint8Array() };
  return sampleRows(
    {
      pool,
      tenant: 'default',
      mac,
      vault,
      policy: { logs: [], witnesses: [], groups: [], quorum: 'none', gateways: [], chains: [] },
      head: { ...head, checkpoint: '', lastTimeMs: 0 },
      random: Math.random,
    },
    100,
  );
}

describe('a sample of rows', () => {
  let world: StoreWorld;
  let bystander: string;
  beforeAll(async () => {
    world = await StoreWorld.open(await openTestDatabase());
    await world.addPatient('p1');
    bystander = (await world.grant({ patient: 'p1', classes: ['Observation'], fromMs: NOW_MS })).consent;
    const revoked = await world.grant({ patient: 'p1' });
    await world.database.admin('create table kept as select * from consent_rule');
    const { subject, grantId } = revoked;
    await world.apply([{ kind: 'latch', subject, grantId, latch: 'revoked', version: 1, atMs: NOW_MS }]);
    const none = { grantId: undefined, userCode: undefined, uid: undefined, consumedMs: undefined };
    const token = { kind: 'AccessToken', idHash: 'h1', payload: { scope: 'a' }, expiresMs: NOW_MS };
    await new SqlTokenStore(world.database.pool, world.context).upsert({ ...token, ...none });
    const inbox = new SqlInbox({
      ...world.context,
      pool: world.database.pool,
      clock: () => NOW_MS,
      random: randomBytes,
    });
    await inbox.receive(makeInboxMessage());
    await world.database.close();
  });

  const onCopy = async (...statements: readonly string[]): Promise<readonly SampleFinding[]> => {
    const copy = await openTestDatabase(new URL(world.database.url).pathname.slice(1));
    for (const statement of statements) await copy.admin(statement);
    const found = await rowsOf(copy, world.context.mac);
    await copy.close();
    // This world files Consents without bindings.
    return found.filter((each) => !('table' in each && each.table === 'binding'));
  };

  it('finds nothing where nothing was changed', async () => {
    expect(await onCopy()).toEqual([]);
  });

  it.each([
    ['consent_rule', `update consent_rule set classes = null, purposes = null, actors = null`],
    ['consent_filing', `update consent_filing set person = gen_random_uuid()`],
    ['grant_word', `update grant_word set word = word + 1`],
    ['latch', `update latch set version = 0`],
    ['person_link', `update person_link set until_time = now()`],
    ['inbox', `update inbox set keys = '{}'`],
    ['inbox', `update inbox set bytes = '\\x00'`],
    ['oidc_payload', `update oidc_payload set payload = '{"scope": "b"}'`],
  ])('names a row of %s that was edited', async (table, sql) => {
    expect(await onCopy(sql)).toContainEqual(expect.objectContaining({ kind: 'row-altered', table }));
  });

  it('names a rule that was set back to before its revocation', async () => {
    const findings = await onCopy(`delete from consent_rule`, `insert into consent_rule select * from kept`);
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'row-rolled-back', table: 'consent_rule' }),
    );
    expect(JSON.stringify(findings)).not.toContain(bystander);
  });

  it('names the latch that was taken away', async () => {
    expect(await onCopy(`delete from latch`)).toContainEqual(
      expect.objectContaining({ kind: 'row-missing', table: 'latch' }),
    );
  });
});
