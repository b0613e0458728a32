import { jest } from '@jest/globals';
import {
  asHex,
  beginProjection,
  BlockReader,
  ChainAnchor,
  ChainFollower,
  Relayer,
  type LogKeys,
} from '#chain';
import type { GrantOp } from '#consent';
import { RowMac, SqlAnchorLog, SqlOutbox, SqlProjectionStore } from '#store';
import { makeAccount, randomHex, type TestAccount } from '../../../libs/chain/src/testing/keys.js';
import {
  makePatient,
  makePermit,
  makeTerms,
  signedOpen,
  type TestPatient,
} from '../../../libs/chain/src/testing/patient.js';
import { startTestChain, type TestChain } from '../../../libs/chain/src/testing/test-chain.js';
import { makeItem, makeLogKeys } from '../../../libs/store/src/testing/log-fixture.js';
import { MemoryLogStore } from '../../../libs/store/src/testing/memory-log-store.js';
import { openTestDatabase, type TestDatabase } from '../../../libs/store/src/testing/test-database.js';
import { Anchoring } from './anchoring.js';

jest.setTimeout(120_000);

const CONTEXT = { tenant: 'default', mac: new RowMac(new Uint8Array(32).fill(1)) };
const DEPTH = 2;
const isSound = () => true;

/** The real follower, relayer and anchoring of one gateway, on its database. */
class Ledger {
  readonly #chain: TestChain;
  readonly database: TestDatabase;
  readonly outbox: SqlOutbox;
  readonly anchors: SqlAnchorLog;
  readonly log = new MemoryLogStore(makeLogKeys());
  readonly store: SqlProjectionStore;
  readonly follower: ChainFollower;
  readonly relayer: Relayer;
  readonly anchoring: Anchoring;

  constructor(chain: TestChain, database: TestDatabase, operator: TestAccount = makeAccount()) {
    this.#chain = chain;
    this.database = database;
    const { node, chainId, contracts } = chain;
    this.outbox = new SqlOutbox(database.pool, 'default');
    this.anchors = new SqlAnchorLog(database.pool, 'default');
    this.store = new SqlProjectionStore(database.pool, CONTEXT, () => 0);
    const [finality, nowMs] = [{ depth: DEPTH }, () => 0];
    const source = new BlockReader(node, contracts.consentRegistry.address, { nowMs });
    this.follower = new ChainFollower({ node, source, store: this.store, finality, nowMs });
    this.relayer = new Relayer({
      node,
      outbox: this.outbox,
      key: chain.relayer.key,
      chainId,
      finality,
      nowMs,
    });
    const contract = contracts.anchorRegistry.address;
    const keys: LogKeys = {
      salt: randomHex(),
      admin: operator.address,
      operator: operator.address,
      vkeyHash: randomHex(),
    };
    const anchor = new ChainAnchor({
      node,
      outbox: this.outbox,
      chainId,
      contract,
      codeHash: contracts.anchorRegistry.codeHash,
      origin: 'test/log/default',
      keys,
      operatorKey: operator.key,
    });
    const place = { chainId: String(chainId), contract, logId: anchor.logId };
    this.anchoring = new Anchoring({ log: this.log, anchor, anchors: this.anchors, place, isSound });
  }

  async begin(): Promise<this> {
    const { address: contract, codeHash } = this.#chain.contracts.consentRegistry;
    await beginProjection(this.store, this.#chain.node, { contract, codeHash });
    return this;
  }

  /** What the chain's events made of the tables; positions and what was latched depend on what was seen before. */
  async tables(): Promise<unknown> {
    const rowsOf = async (table: string, columns: string) =>
      (await this.database.pool.query(`select ${columns} from ${table} order by ${columns}`)).rows;
    return {
      words: await rowsOf('grant_word', 'subject, grant_id, word, commitment, signed_by, block_number'),
      heads: await rowsOf('subject_head', 'subject, signer_hash, key_epoch, epoch, locked'),
      delegates: await rowsOf('delegate', 'subject, signer_hash, word, block_number'),
      at: (await this.store.state())?.at.hash,
    };
  }

  async latches(): Promise<number> {
    return (await this.database.pool.query('select from latch')).rowCount ?? 0;
  }
}

describe('a reorganisation', () => {
  let chain: TestChain;
  let ledger: Ledger;
  let other: Ledger | undefined;
  let patients: readonly TestPatient[];

  const contract = () => chain.contracts.consentRegistry.address;
  const domain = () => ({ chainId: chain.chainId, contract: contract() });
  const mine = (blocks: number) => chain.rpc.call('anvil_mine', [`0x${blocks.toString(16)}`]);
  const apply = (patient: TestPatient, ...ops: readonly GrantOp[]) =>
    chain.send(contract(), signedOpen(patient, domain(), ops));
  const fork = () => chain.rpc.call('evm_snapshot', []);
  const undo = async (to: unknown): Promise<void> => {
    await chain.rpc.call('evm_revert', [to]);
    await chain.rpc.call('evm_increaseTime', [60]);
  };

  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain.stop();
  });
  beforeEach(async () => {
    ledger = await new Ledger(chain, await openTestDatabase()).begin();
    patients = [makePatient(), makePatient()];
  });
  afterEach(async () => {
    await ledger.database.close();
    await other?.database.close();
    other = undefined;
  });

  it('leaves the tables as if the blocks had never been, whatever they held and however often', async () => {
    const [anna, ben] = patients;
    if (anna === undefined || ben === undefined) throw new Error('Nobody is there.');
    const [first, second, third] = [
      makePermit(makeTerms()),
      makePermit(makeTerms()),
      makePermit(makeTerms()),
    ];
    await apply(anna, first, second);
    for (const branch of [1, 2, 3]) {
      const start = await fork();
      await apply(anna, { ...first, version: branch + 1 });
      await apply(ben, { ...third, kind: 2 });
      await apply(anna, { ...second, kind: 3 });
      await mine(branch);
      await apply(ben, { ...third, kind: 1, version: 2 });
      await ledger.follower.catchUp();
      const seen = await ledger.tables();
      await undo(start);
      await apply(ben, makePermit(makeTerms()));
      await mine(8);
      await ledger.follower.catchUp();
      other = await new Ledger(chain, await openTestDatabase()).begin();
      await other.follower.catchUp();
      expect(await ledger.tables()).toEqual(await other.tables());
      expect(await ledger.tables()).not.toEqual(seen);
      await other.database.close();
      other = undefined;
    }
    // what was revoked and denied in the branches that are gone stays latched
    expect(await ledger.latches()).toBe(2);
  });

  it('undoes a permit until the relayer has brought the same bytes into a block again', async () => {
    const patient = makePatient();
    const op = makePermit(makeTerms());
    const key = `ops:${patient.subject}`;
    const isThere = async () =>
      (await ledger.store.sample(100)).some(({ grantId }) => grantId === op.grantId);
    const start = await fork();
    const data = signedOpen(patient, domain(), [op]);
    await ledger.outbox.enqueue({ key, to: contract(), data, priority: 'normal' });
    await ledger.relayer.step();
    await mine(DEPTH);
    expect(await ledger.relayer.step()).toBe(0);
    await ledger.follower.catchUp();
    expect(await isThere()).toBe(true);
    await undo(start);
    await mine(DEPTH + 5);
    await ledger.follower.catchUp();
    expect(await isThere()).toBe(false);
    await ledger.relayer.step();
    await mine(DEPTH);
    expect(await ledger.relayer.step()).toBe(0);
    await ledger.follower.catchUp();
    expect(await isThere()).toBe(true);
    const row = await ledger.outbox.find(key);
    expect(row).toMatchObject({ state: 'final', transactions: [expect.anything()] });
  });

  it('takes an anchor out of its block, and the anchoring brings it to an end again', async () => {
    const stateOf = async () => (await ledger.anchors.at(3n))?.state;
    await ledger.log.append([makeItem([]), makeItem([]), makeItem([])]);
    const start = await fork();
    await ledger.anchoring.submitNewest();
    await ledger.relayer.step();
    await ledger.relayer.step();
    await ledger.anchoring.follow();
    expect(await stateOf()).toBe('included');
    await undo(start);
    await mine(DEPTH + 3);
    await ledger.anchoring.follow();
    expect(await stateOf()).toBe('reorged');
    await ledger.anchoring.submitNewest();
    await ledger.relayer.step();
    await ledger.relayer.step();
    await mine(DEPTH);
    await ledger.relayer.step();
    await ledger.anchoring.follow();
    expect(await stateOf()).toBe('final');
    const { block, blockHash } = (await ledger.anchors.at(3n)) ?? {};
    expect((await chain.node.header(block ?? 0n))?.hash).toBe(blockHash);
  });

  it('deeper than final: a final anchor stays final, and is noted where it is now', async () => {
    await ledger.log.append([makeItem([]), makeItem([])]);
    const start = await fork();
    await ledger.anchoring.submitNewest();
    await ledger.relayer.step();
    await ledger.relayer.step();
    await mine(DEPTH);
    await ledger.relayer.step();
    await ledger.anchoring.follow();
    const before = await ledger.anchors.at(2n);
    expect(before?.state).toBe('final');
    await undo(start);
    await mine(DEPTH + 5);
    for (let round = 0; round < 4; round += 1) {
      await ledger.relayer.step();
      await mine(DEPTH);
      await ledger.anchoring.follow();
    }
    const after = await ledger.anchors.at(2n);
    expect(after?.state).toBe('final');
    expect(after?.blockHash).not.toBe(before?.blockHash);
    expect((await chain.node.header(after?.block ?? 0n))?.hash).toBe(asHex(after?.blockHash, 32));
  });
});
