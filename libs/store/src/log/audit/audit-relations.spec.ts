import { SqlTokenStore } from '../../sql-token-store.js';
import { NOW_MS, StoreWorld, type WorldGrant } from '../../testing/store-world.js';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { auditRelations } from './audit-relations.js';
import type { AuditFinding } from './finding.js';
import { readGuarded } from './guarded-tables.js';
import { RecordEvidence } from './record-evidence.js';

/** Rules of three grants in force, one revoked before its word says so, and a token. */
async function makeWorld(): Promise<{ world: StoreWorld; revoked: WorldGrant; permit: WorldGrant }> {
  const world = await StoreWorld.open(await openTestDatabase());
  for (const patient of ['p1', 'p2']) await world.addPatient(patient);
  const permit = await world.grant({ patient: 'p1', classes: ['Observation'], fromMs: NOW_MS });
  await world.grant({ patient: 'p2', effect: 'deny', client: 'app' });
  const revoked = await world.grant({ patient: 'p2' });
  const { subject, grantId } = revoked;
  await world.database.admin('create table kept as select * from consent_rule');
  await world.apply([{ kind: 'latch', subject, grantId, latch: 'revoked', version: 1, atMs: NOW_MS }]);
  const tokens = new SqlTokenStore(world.database.pool, world.context);
  await tokens.upsert({
    kind: 'AccessToken',
    idHash: 'h1',
    payload: { scope: 'system/Observation.rs' },
    grantId: undefined,
    userCode: undefined,
    uid: undefined,
    expiresMs: NOW_MS,
    consumedMs: undefined,
  });
  return { world, revoked, permit };
}

/** What the audit says of rows outside the log. The world has no bindings and no log. */
async function findingsOf({ pool }: TestDatabase, world: StoreWorld): Promise<readonly AuditFinding[]> {
  const rows = await readGuarded(pool, 'default', world.context.mac);
  const relations = await auditRelations({ pool, tenant: 'default', rows, evidence: new RecordEvidence() });
  return [...rows.findings, ...relations].filter((each) => !('table' in each && each.table === 'binding'));
}

describe('the audit of rules, words and tokens', () => {
  let world: StoreWorld;
  let revoked: WorldGrant;
  let permit: WorldGrant;
  beforeAll(async () => {
    ({ world, revoked, permit } = await makeWorld());
    await world.database.close();
  });

  const onCopy = async (...statements: readonly string[]): Promise<readonly AuditFinding[]> => {
    const copy = await openTestDatabase(new URL(world.database.url).pathname.slice(1));
    for (const statement of statements) {
      await copy.admin(
        statement.replaceAll(':revoked', revoked.consent).replaceAll(':permit', permit.consent),
      );
    }
    const findings = await findingsOf(copy, world);
    await copy.close();
    return findings;
  };

  it('finds nothing where nothing was changed', async () => {
    expect(await onCopy()).toEqual([]);
  });

  it.each([
    ['consent_rule', `update consent_rule set purposes = '{ETREAT}' where consent = ':permit'`],
    ['consent_rule', `update consent_rule set until_position = null where consent = ':revoked'`],
    ['consent_filing', `update consent_filing set bytes = bytes || '\\x20' where consent = ':permit'`],
    ['consent_filing', `update consent_filing set person = gen_random_uuid() where consent = ':permit'`],
    ['grant_word', `update grant_word set block_number = 0`],
    ['latch', `update latch set version = 0`],
    ['person_link', `update person_link set until_time = now()`],
    ['oidc_payload', `update oidc_payload set payload = '{"scope": "system/*.rs"}'`],
    ['oidc_payload', `update oidc_payload set expires_at = expires_at + interval '1 hour'`],
  ])('names a row of %s that was edited: %s', async (table, sql) => {
    const findings = await onCopy(sql);
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'row-altered', table }));
  });

  it.each([
    ['consent_rule', `delete from consent_rule where consent = ':permit'`],
    ['consent_filing', `delete from consent_filing where consent = ':permit'`],
    ['consent_rule_actor', `delete from consent_rule_actor where consent = ':permit'`],
    ['grant_word', `delete from grant_word`],
    ['latch', `delete from latch`],
  ])('names a row of %s that was taken away', async (table, sql) => {
    const findings = await onCopy(sql);
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'row-missing', table }));
  });

  it('names a rule that was set back to before its revocation', async () => {
    const findings = await onCopy(
      `delete from consent_rule where consent = ':revoked'`,
      `insert into consent_rule select * from kept where consent = ':revoked'`,
    );
    expect(findings).toEqual([
      { kind: 'row-rolled-back', table: 'consent_rule', key: `${revoked.consent}/0` },
    ]);
  });
});
