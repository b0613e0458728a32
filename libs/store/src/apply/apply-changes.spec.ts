import { randomUUID } from 'node:crypto';
import type { RowChange } from '../change.js';
import { inTransaction } from '../log/transaction.js';
import { prepareVersion } from '../prepare-version.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { NOW_MS, StoreWorld } from '../testing/store-world.js';
import { observation } from '../testing/world-parts.js';
import { until } from '../../../../test/e2e/until.js';
import { RefusedRecords } from '../refused-records.js';
import { applyChanges, type ChangeItem } from './apply-changes.js';
import { RULES_CHANGED } from './persons.js';

const WAIT_MS = 60_000;

let database: TestDatabase;
let world: StoreWorld;
beforeAll(async () => {
  database = await openTestDatabase();
  world = await StoreWorld.open(database);
}, 120_000);
afterAll(() => database.close());

function version(id: string, versionId: string, code: string): RowChange {
  const resource = observation(id, 'p', { code: { coding: [{ system: 'urn:s', code }] } });
  return {
    kind: 'version',
    version: prepareVersion(resource, { source: 'north', versionId, lastUpdatedMs: NOW_MS }),
  };
}

function link(patient: string, person: string, atMs = NOW_MS): RowChange {
  return { kind: 'link', patient, person, grade: 'certain', atMs };
}

describe('applyChanges', () => {
  it('makes the last of several versions of a resource current, with its index rows alone', async () => {
    await world.apply([version('o1', 'v1', 'a')]);
    await world.apply([version('o1', 'v2', 'b'), version('o2', 'v1', 'a'), version('o1', 'v3', 'c')]);
    const versions = await database.pool.query(
      `select version_id, current from resource_version where id = 'o1' order by seq`,
    );
    expect(versions.rows).toEqual([
      { version_id: 'v1', current: false },
      { version_id: 'v2', current: false },
      { version_id: 'v3', current: true },
    ]);
    const index = await database.pool.query(
      `select code from index_token where id = 'o1' and type = 'Observation' and param = 'code'`,
    );
    expect(index.rows).toEqual([{ code: 'c' }]);
  });

  it('writes nothing of a batch of which one change fails', async () => {
    const patient = randomUUID();
    await expect(
      world.apply([version('o3', 'v1', 'a'), link(patient, randomUUID()), link(patient, randomUUID())]),
    ).rejects.toMatchObject({ code: 'version-conflict' });
    const { rowCount } = await database.pool.query(`select from resource_version where id = 'o3'`);
    expect(rowCount).toBe(0);
  });

  it('keeps the history of links: an unlink, then another person', async () => {
    const [patient, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    await world.apply([link(patient, first)]);
    await world.apply([link(patient, first)]);
    await expect(world.apply([link(patient, second)])).rejects.toMatchObject({ code: 'version-conflict' });
    await world.apply([{ kind: 'unlink', patient, atMs: NOW_MS + 5 }, link(patient, second, NOW_MS + 6)]);
    const { rows } = await database.pool.query(
      'select person, until_time from person_link where patient = $1 order by from_time',
      [patient],
    );
    expect(rows).toEqual([
      { person: first, until_time: NOW_MS + 5 },
      { person: second, until_time: null },
    ]);
  });

  it('refuses to build on a link that was changed in the database', async () => {
    const [patient, person] = [randomUUID(), randomUUID()];
    await world.apply([link(patient, person)]);
    await database.admin('update person_link set person = gen_random_uuid() where patient = $1', [patient]);
    await expect(world.apply([{ kind: 'unlink', patient, atMs: NOW_MS }])).rejects.toMatchObject({
      code: 'integrity-failure',
    });
  });

  it('files a Consent that cannot be read as a deny of everything', async () => {
    const grant = await world.grant({ patient: 'p' }, { onChain: false });
    const { rows: before } = await database.pool.query('select count(*) from consent_rule');
    await world.apply([
      {
        kind: 'filing',
        filing: {
          ...grant,
          consent: 'unreadable',
          grantId: '0x99',
          person: randomUUID(),
          patient: 'p',
          chainId: '7',
          contract: '0xcc',
          version: 1,
          bytes: Buffer.from('{}'),
          terms: {
            vocabulary: '0x',
            grantee: '0x',
            classes: 0n,
            purposes: 0n,
            consentHash: '0x',
            salt: '0x',
          },
          binding: randomUUID(),
        },
      },
    ]);
    const { rows } = await database.pool.query(
      `select kind, effect, actors, classes, until_position from consent_rule where consent = 'unreadable'`,
    );
    expect(before).toEqual([{ count: 1n }]);
    expect(rows).toEqual([
      { kind: 'deny', effect: 'deny', actors: null, classes: null, until_position: null },
    ]);
  });

  it('refuses a version of a grant that is filed already', async () => {
    const grant = await world.grant({ patient: 'p' }, { onChain: false });
    const filing = {
      ...grant,
      person: randomUUID(),
      patient: 'p',
      chainId: '7',
      contract: '0xcc',
      version: 1,
      bytes: Buffer.from('{}'),
      terms: { vocabulary: '0x', grantee: '0x', classes: 0n, purposes: 0n, consentHash: '0x', salt: '0x' },
      binding: randomUUID(),
    } as const;
    await expect(
      world.apply([{ kind: 'filing', filing: { ...filing, consent: 'another' } }]),
    ).rejects.toMatchObject({ code: 'version-conflict' });
  });

  it('refuses what was judged by other rules, and lets nobody change those it was judged by until it is over', async () => {
    const person = randomUUID();
    await world.apply([link(randomUUID(), person)]);
    const judgedBy = (at: bigint): RowChange => ({ kind: 'rules-seen', persons: [{ person, version: at }] });
    await expect(world.apply([judgedBy(0n)])).rejects.toMatchObject({ code: 'version-conflict' });
    const bump = 'update proviso.person_version set version = version + 1 where person = $1';
    let isBumped = false;
    let bumped: Promise<unknown> = Promise.resolve();
    await inTransaction(database.pool, async (client) => {
      const items = [1, 2].map(() => ({ recordId: randomUUID(), writes: [judgedBy(1n)] }));
      await applyChanges(client, world.context, items);
      bumped = database.admin(bump, [person]).then(() => (isBumped = true));
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query = $1`;
      await until('it waits', WAIT_MS, async () => (await database.admin(waiting, [bump])).rowCount === 1);
      expect(isBumped).toBe(false);
    });
    await bumped;
    await expect(world.apply([judgedBy(1n)])).rejects.toMatchObject({ code: 'version-conflict' });
  });

  it('refuses what comes after a revocation in its batch and was judged before it, and not what comes first', async () => {
    const patient = randomUUID();
    await world.addPatient(patient);
    const person = world.persons.get(patient) ?? '';
    const { subject, grantId } = await world.grant({ patient });
    const { rows } = await database.pool.query<{ version: bigint }>(
      'select version from person_version where person = $1',
      [person],
    );
    const judgedBy = { kind: 'rules-seen', persons: [{ person, version: rows[0]?.version ?? 0n }] } as const;
    const revocation = {
      kind: 'latch',
      subject,
      grantId,
      latch: 'revoked',
      version: 1,
      atMs: NOW_MS,
    } as const;
    const revoked = { recordId: randomUUID(), writes: [revocation] };
    const written = (id: string) => ({ recordId: randomUUID(), writes: [judgedBy, version(id, 'v1', 'a')] });
    const [late, early, other] = [written('late'), written('early'), { recordId: randomUUID(), writes: [] }];
    const apply = (...items: readonly ChangeItem[]) =>
      inTransaction(database.pool, (client) => applyChanges(client, world.context, items));
    const refusal = await apply(other, revoked, late).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RefusedRecords);
    expect(refusal).toMatchObject({ details: RULES_CHANGED, recordIds: new Set([late.recordId]) });
    await apply(early, revoked);
    await expect(apply(late)).rejects.toMatchObject({ code: 'version-conflict', details: RULES_CHANGED });
    const { rows: stored } = await database.pool.query(
      `select id from resource_version where id in ('late', 'early')`,
    );
    expect(stored).toEqual([{ id: 'early' }]);
  });

  it('queues a transaction once, whatever the batch', async () => {
    const row = { kind: 'outbox', key: 'k', to: '0xaa', data: '0x01', priority: 'urgent' } as const;
    await world.apply([row, row]);
    await world.apply([{ ...row, data: '0x02' }]);
    const { rows } = await database.pool.query('select data, state from outbox');
    expect(rows).toEqual([{ data: Buffer.from([1]), state: 'queued' }]);
  });

  it('refuses to let rules follow a patient whom the database says a Consent names', async () => {
    const [signer, victim] = [randomUUID(), randomUUID()];
    await world.addPatient(signer);
    await world.addPatient(victim);
    const { consent } = await world.grant({ patient: signer });
    await database.admin('update consent_filing set patient = $1 where consent = $2', [victim, consent]);
    const moved = world.apply([
      { kind: 'unlink', patient: victim, atMs: NOW_MS + 1 },
      link(victim, randomUUID(), NOW_MS + 1),
    ]);
    await expect(moved).rejects.toMatchObject({
      code: 'integrity-failure',
      details: `consent_filing/${consent}`,
    });
  });

  it('binds a Consent to the person that its patient gets meanwhile', async () => {
    const [patient, later] = [randomUUID(), randomUUID()];
    await world.addPatient(patient);
    let filing: Promise<unknown> = Promise.resolve();
    await inTransaction(database.pool, async (client) => {
      const writes = [
        { kind: 'unlink', patient, atMs: NOW_MS + 1 } as const,
        link(patient, later, NOW_MS + 1),
      ];
      await applyChanges(client, world.context, [{ recordId: randomUUID(), writes }]);
      filing = world.grant({ patient }, { onChain: false });
      for (let waiting = 0; waiting === 0;) {
        const { rowCount } = await database.pool.query('select from pg_locks where not granted');
        waiting = rowCount ?? 0;
      }
    });
    await filing;
    const { rows } = await database.pool.query(
      `select distinct r.person from consent_rule r join consent_filing f using (tenant, consent)
       where f.patient = $1`,
      [patient],
    );
    expect(rows).toEqual([{ person: later }]);
  });
});
