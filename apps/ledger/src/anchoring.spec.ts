import type { AnchorEvidence } from '#chain';
import type { AnchorState, TreeHead } from '#provenance';
import { SqlAnchorLog, type AnchorPlace } from '#store';
import { openTestDatabase, type TestDatabase } from '../../../libs/store/src/testing/test-database.js';
import { Anchoring } from './anchoring.js';

const CONTRACT = `0x${'c'.repeat(40)}` as const;
const LOG_ID = `0x${'1'.repeat(64)}` as const;
const TX = `0x${'7'.repeat(64)}` as const;
const PLACE: AnchorPlace = { chainId: '7', contract: CONTRACT, logId: LOG_ID };
const EVIDENCE: AnchorEvidence = {
  chainId: '7',
  contract: CONTRACT,
  codeHash: `0x${'a'.repeat(64)}`,
  logId: LOG_ID,
  transaction: TX,
  block: '5',
  blockHash: '0xb1',
  header: '0xf9',
  receipt: {},
  proof: {
    accountProof: ['0x01', '0x02'],
    storageProof: [{ key: '0x00', value: '0x00', proof: ['0x03'] }],
  },
};

const rootOf = (size: bigint) => new Uint8Array(32).fill(Number(size));
const headOf = (size: bigint): TreeHead => ({ origin: 'test/log/default', size, root: rootOf(size) });

/** A log of a size; its proofs tell between which sizes they are. */
class FakeLog {
  size = 0n;
  readonly head = () => Promise.resolve(headOf(this.size));
  readonly consistency = (from: bigint, to: bigint) =>
    Promise.resolve([Uint8Array.of(Number(from), Number(to))]);
}

/** A chain that holds a head, and the outbox in front of it. */
class FakeAnchor {
  held = 0n;
  readonly states = new Map<bigint, AnchorState>();
  readonly submitted: { readonly size: bigint; readonly root: Uint8Array; readonly proof: string }[] = [];
  readonly #failures: Error[] = [];
  readonly head = () => Promise.resolve(headOf(this.held));
  readonly state = (size: bigint) => Promise.resolve(this.states.get(size));
  shown = EVIDENCE;
  readonly evidence = () => Promise.resolve(this.shown);

  readonly submit = (head: TreeHead, proof: readonly Uint8Array[]): Promise<AnchorState> => {
    const failure = this.#failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    this.submitted.push({
      size: head.size,
      root: head.root,
      proof: proof.map((hash) => hash.join('-')).join(),
    });
    const state = { kind: 'prepared', size: head.size } as const;
    this.states.set(head.size, state);
    return Promise.resolve(state);
  };

  failNextSubmit(error: Error): void {
    this.#failures.push(error);
  }

  send(size: bigint): void {
    this.states.set(size, { kind: 'submitted', size, transaction: TX });
  }

  mine(size: bigint, blockHash: string): void {
    this.states.set(size, { kind: 'included', size, transaction: TX, block: 5n, blockHash });
    this.held = size;
  }
}

describe('Anchoring', () => {
  let database: TestDatabase;
  let log: FakeLog;
  let anchor: FakeAnchor;
  let anchors: SqlAnchorLog;
  let isSound: boolean;
  let anchoring: Anchoring;

  beforeEach(async () => {
    database = await openTestDatabase();
    log = new FakeLog();
    anchor = new FakeAnchor();
    anchors = new SqlAnchorLog(database.pool, 'default');
    isSound = true;
    anchoring = new Anchoring({
      log,
      anchor,
      anchors,
      place: PLACE,
      isSound: () => isSound,
    });
  });

  afterEach(() => database.close());

  const stateOf = async (size: bigint) => (await anchors.at(size))?.state;

  it('submits nothing while the log has not grown', async () => {
    await expect(anchoring.submitNewest()).resolves.toBeUndefined();
    log.size = 4n;
    anchor.held = 4n;
    await expect(anchoring.submitNewest()).resolves.toBeUndefined();
    expect(anchor.submitted).toEqual([]);
  });

  it('submits the first head without a proof, and notes it before', async () => {
    log.size = 3n;
    await expect(anchoring.submitNewest()).resolves.toBe(3n);
    expect(anchor.submitted).toEqual([{ size: 3n, root: rootOf(3n), proof: '' }]);
    expect(await anchors.at(3n)).toMatchObject({ state: 'prepared', ...PLACE });
  });

  it("proves the next head from the chain's head, not from the last one that was submitted", async () => {
    log.size = 9n;
    anchor.held = 4n;
    await anchoring.submitNewest();
    expect(anchor.submitted).toEqual([{ size: 9n, root: rootOf(9n), proof: '4-9' }]);
  });

  it.each(['prepared', 'submitted'])('waits with the next head while one is %s', async (kind) => {
    log.size = 3n;
    await anchoring.submitNewest();
    if (kind === 'submitted') anchor.send(3n);
    await anchoring.follow();
    log.size = 5n;
    await expect(anchoring.submitNewest()).resolves.toBeUndefined();
    expect(anchor.submitted).toHaveLength(1);
    expect(await stateOf(3n)).toBe(kind);
  });

  it('goes on once the head before is in a block', async () => {
    log.size = 3n;
    await anchoring.submitNewest();
    anchor.mine(3n, '0xb1');
    await anchoring.follow();
    log.size = 5n;
    await expect(anchoring.submitNewest()).resolves.toBe(5n);
    expect(anchor.submitted.at(-1)?.proof).toBe('3-5');
  });

  it('submits a head again that was noted and never came to the outbox', async () => {
    log.size = 3n;
    anchor.failNextSubmit(new Error('no node answers'));
    await expect(anchoring.submitNewest()).rejects.toThrow('no node answers');
    log.size = 5n;
    await expect(anchoring.submitNewest()).resolves.toBe(3n);
    expect(anchor.submitted).toEqual([{ size: 3n, root: rootOf(3n), proof: '' }]);
  });

  it('passes over a head that the chain has outgrown', async () => {
    log.size = 3n;
    anchor.failNextSubmit(new Error('no node answers'));
    await expect(anchoring.submitNewest()).rejects.toThrow('no node answers');
    log.size = 9n;
    anchor.held = 4n;
    await expect(anchoring.submitNewest()).resolves.toBe(9n);
  });

  it('anchors nothing while the log holds less than the chain', async () => {
    log.size = 3n;
    anchor.held = 4n;
    await expect(anchoring.submitNewest()).resolves.toBeUndefined();
    expect(anchor.submitted).toEqual([]);
  });

  it('signs no head of a log that is no longer the one that was left', async () => {
    log.size = 3n;
    isSound = false;
    await expect(anchoring.submitNewest()).resolves.toBeUndefined();
    expect(anchor.submitted).toEqual([]);
    expect(await anchors.at(3n)).toBeUndefined();
  });

  it('follows a head into its block and keeps what shows it', async () => {
    log.size = 3n;
    await anchoring.submitNewest();
    anchor.send(3n);
    await anchoring.follow();
    anchor.mine(3n, '0xb1');
    await anchoring.follow();
    expect(await anchors.at(3n)).toMatchObject({
      state: 'included',
      transaction: TX,
      block: 5n,
      blockHash: '0xb1',
      evidence: {
        codeHash: EVIDENCE.codeHash,
        header: EVIDENCE.header,
        storageProof: ['0x01', '0x02', '0x03'],
      },
    });
  });

  it('follows a head of which no header and no storage proof can be shown', async () => {
    anchor.shown = { ...EVIDENCE, header: undefined, proof: undefined };
    log.size = 3n;
    await anchoring.submitNewest();
    anchor.mine(3n, '0xb1');
    await anchoring.follow();
    expect(await anchors.at(3n)).toMatchObject({
      state: 'included',
      evidence: { codeHash: EVIDENCE.codeHash },
    });
  });

  it('follows a head into another block after a reorganisation', async () => {
    log.size = 3n;
    await anchoring.submitNewest();
    anchor.mine(3n, '0xb1');
    await anchoring.follow();
    anchor.mine(3n, '0xb2');
    await anchoring.follow();
    expect((await anchors.at(3n))?.blockHash).toBe('0xb2');
  });

  it('notes the block of final heads anew after a reorganisation that was deeper than final', async () => {
    const final = (size: bigint, blockHash: string) =>
      anchor.states.set(size, { kind: 'final', size, transaction: TX, block: 5n, blockHash });
    for (const size of [3n, 5n, 7n]) {
      log.size = size;
      await anchoring.submitNewest();
      final(size, '0xb1');
      await anchoring.follow();
      anchor.held = size;
    }
    anchor.states.set(7n, { kind: 'reorged', size: 7n });
    final(5n, '0xb2');
    await anchoring.follow();
    expect(await anchors.at(7n)).toMatchObject({ state: 'final', blockHash: '0xb1' });
    expect(await anchors.at(5n)).toMatchObject({ state: 'final', blockHash: '0xb2' });
    final(7n, '0xb2');
    await anchoring.follow();
    expect((await anchors.held()).map(({ blockHash }) => blockHash)).toEqual(['0xb1', '0xb2', '0xb2']);
  });

  it('keeps what became of a head that waits in the outbox again', async () => {
    log.size = 3n;
    await anchoring.submitNewest();
    anchor.send(3n);
    await anchoring.follow();
    anchor.states.set(3n, { kind: 'prepared', size: 3n });
    await anchoring.follow();
    expect(await stateOf(3n)).toBe('submitted');
  });

  it('counts the records that no anchor covers yet', async () => {
    log.size = 7n;
    await expect(anchoring.grownBy()).resolves.toBe(7n);
    await anchoring.submitNewest();
    log.size = 9n;
    await expect(anchoring.grownBy()).resolves.toBe(2n);
  });
});
