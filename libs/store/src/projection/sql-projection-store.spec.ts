import { ANYTHING, decodeGrantWord, type Hex } from '#consent';
import { shouldBehaveLikeProjectionStore } from '../../../chain/src/testing/projection-store.contract.js';
import { insertRows } from '../insert-rows.js';
import { RowMac } from '../row-mac.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { readCheckpoint } from './checkpoint.js';
import { filingMac, FILINGS } from './filing-row.js';
import { restand } from './restand.js';
import { ruleRow, RULES } from './rule-row.js';
import { SqlProjectionStore } from './sql-projection-store.js';

const context = { tenant: 'default', mac: new RowMac(new Uint8Array(32).fill(1)) };
const PERSON = '0197f000-0000-7000-8000-000000000001';
const COMMITMENT: Hex = `0x${(0xabc).toString(16).padStart(64, '0')}`;
const CRITERIA = {
  ...ANYTHING,
};

interface Grant {
  readonly subject: Hex;
  readonly grantId: Hex;
  readonly kind: 'permit' | 'deny';
  readonly version: number;
}

/** A filed Consent with one rule, as `applyFilings` writes it, for a word with the suite's commitment. */
async function file(database: TestDatabase, grant: Grant): Promise<void> {
  const client = await database.pool.connect();
  const consent = `${grant.kind}-${grant.version}`;
  const filing = {
    tenant: 'default',
    consent,
    person: PERSON,
    patient: 'p1',
    chain_id: '7',
    contract: '0xcc' as const,
    subject: grant.subject,
    grant_id: grant.grantId,
    version: grant.version,
    kind: grant.kind,
    bytes: new Uint8Array([1]),
    terms: '{}',
    commitment: COMMITMENT,
    binding: PERSON,
    record_id: PERSON,
  };
  await insertRows(client, FILINGS, [{ ...filing, mac: filingMac(context.mac, filing) }]);
  const rule = ruleRow(
    { tenant: 'default', consent, person: PERSON, kind: grant.kind },
    { ...CRITERIA, ordinal: 0, effect: grant.kind, valid: { from: -Infinity, to: Infinity } },
  );
  await insertRows(client, RULES, [{ ...rule, mac: context.mac.of('consent_rule', rule) }]);
  client.release();
}

const subject: Hex = `0x${(0x5b).toString(16).padStart(64, '0')}`;
const grantId: Hex = `0x${(0x61).toString(16).padStart(64, '0')}`;

describe('SqlProjectionStore', () => {
  let database: TestDatabase;

  shouldBehaveLikeProjectionStore(async () => {
    database = await openTestDatabase();
    await file(database, { subject, grantId, kind: 'permit', version: 1 });
    return {
      store: new SqlProjectionStore(database.pool, context, () => 0),
      counts,
      stop: () => database.close(),
    };
  });

  async function counts(): Promise<'permit' | 'deny' | 'none'> {
    await fileSecond(database);
    return inForce(database);
  }
});

/** A second version is filed when its word is there already: a filing may come later. */
async function fileSecond(database: TestDatabase): Promise<void> {
  const { rows } = await database.pool.query('select word from grant_word');
  const { kind, version } = decodeGrantWord(BigInt(rows[0]?.word ?? 0));
  const filed = await database.pool.query('select from consent_filing where version = 2');
  if (version !== 2 || filed.rowCount !== 0 || kind === 'revoked' || kind === 'none') {
    return;
  }
  await file(database, { subject, grantId, kind, version });
  const client = await database.pool.connect();
  const checkpoint = await readCheckpoint(client, 'default');
  const { confirmed, position } = checkpoint ?? { confirmed: -1n, position: 0n };
  await restand(client, context, [subject], { confirmed, position });
  client.release();
}

/** What the filed rules say. */
async function inForce(database: TestDatabase): Promise<'permit' | 'deny' | 'none'> {
  const { rows } = await database.pool.query(
    `select effect from consent_rule where until_position is null and (kind = 'deny' or from_position is not null)
     order by effect limit 1`,
  );
  const effect: unknown = rows[0]?.effect;
  return effect === 'permit' || effect === 'deny' ? effect : 'none';
}

describe('a latch that was changed behind the store', () => {
  it('is found before anything is judged by it', async () => {
    const database = await openTestDatabase();
    const store = new SqlProjectionStore(database.pool, context, () => 0);
    const hash: Hex = '0x01';
    await store.begin(
      { chainId: '7', genesisHash: hash, contract: hash, codeHash: hash },
      { number: 0n, hash, parentHash: hash, time: 0 },
    );
    await file(database, { subject, grantId, kind: 'permit', version: 1 });
    const op = { grantId, commitment: hash, kind: 3 as const, from: 0, to: 0, version: 1 };
    await store.latch(subject, [op], PERSON);
    await database.admin(`update latch set version = 0`);
    await expect(store.latch(subject, [op], PERSON)).rejects.toMatchObject({ code: 'integrity-failure' });
    await database.close();
  });
});
