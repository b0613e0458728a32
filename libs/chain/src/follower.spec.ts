import type { BlockEvents, GrantOp } from '#consent';
import { BlockReader } from './block-reader.js';
import { beginProjection, ChainFollower, type FollowerNotice } from './follower.js';
import { Node } from './node.js';
import { RegistryClient } from './registry-client.js';
import { RpcError } from './rpc-error.js';
import type { Rpc } from './rpc.js';
import { checkChain, compareSample } from './start-gate.js';
import { MemoryProjectionStore } from './testing/memory-projection-store.js';
import { makePatient, makePermit, makeTerms, signedOpen, type TestPatient } from './testing/patient.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';

/** Passes calls on, and counts and breaks them. */
class Wire implements Rpc {
  broken: RegExp | undefined;
  readonly calls: string[] = [];
  readonly #rpc: Rpc;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  async call(method: string, params: readonly unknown[]): Promise<unknown> {
    this.calls.push(method);
    if (this.broken?.test(method) === true) throw new RpcError({ kind: 'unreachable' });
    return this.#rpc.call(method, params);
  }
}

describe('ChainFollower', () => {
  let chain: TestChain;
  let wire: Wire;
  let node: Node;
  let store: MemoryProjectionStore;
  let follower: ChainFollower;
  let notices: FollowerNotice[];
  let patient: TestPatient;
  let nowMs = 1_000;

  const domain = () => ({ chainId: chain.chainId, contract: chain.contracts.consentRegistry.address });
  const grant = async (op: GrantOp, by = patient): Promise<void> => {
    await chain.send(domain().contract, signedOpen(by, domain(), [op]));
  };
  const note = (each: FollowerNotice): void => {
    notices.push(each);
  };
  const mine = (blocks: number) => chain.rpc.call('anvil_mine', [`0x${blocks.toString(16)}`]);
  const follow = (finality: ConstructorParameters<typeof ChainFollower>[0]['finality'] = { depth: 0 }) => {
    const source = new BlockReader(node, domain().contract, { nowMs: () => nowMs });
    return new ChainFollower({ node, source, store, finality, nowMs: () => nowMs, notice: note });
  };

  const pinned = async () => ({
    chainId: chain.chainId.toString(),
    genesisHash: (await node.header(0n))?.hash ?? '0x',
    contract: domain().contract,
    codeHash: chain.contracts.consentRegistry.codeHash,
  });

  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain.stop();
  });
  beforeEach(async () => {
    wire = new Wire(chain.rpc);
    node = new Node(wire);
    store = new MemoryProjectionStore();
    notices = [];
    patient = makePatient();
    const { address: contract, codeHash } = chain.contracts.consentRegistry;
    await beginProjection(store, node, { contract, codeHash, fromBlock: await node.blockNumber() });
    follower = follow();
  });

  it('applies every event of every block, and stops at the tip', async () => {
    const op = makePermit(makeTerms());
    await grant(op);
    await follower.catchUp();
    const state = await store.state();
    const header = await node.header('latest');
    expect(state).toMatchObject({
      at: { number: header?.number, hash: header?.hash },
      blockTime: header?.time,
    });
    const [row] = await store.sample(10);
    const onChain = await new RegistryClient(node, domain().contract).states(patient.subject, [op.grantId]);
    expect(row).toEqual({ subject: patient.subject, grantId: op.grantId, word: onChain.words[0] });
    expect(store.counts(patient.subject, op.grantId)).toBe('permit');
  });

  it('reads far blocks by range and near ones by hash', async () => {
    const op = makePermit(makeTerms());
    await grant(op);
    await mine(100);
    await grant({ ...op, kind: 3 });
    wire.calls.length = 0;
    await follower.catchUp();
    expect((await store.state())?.at.number).toBe(await node.blockNumber());
    expect(store.counts(patient.subject, op.grantId)).toBe('none');
    expect(wire.calls.filter((method) => method === 'eth_getLogs').length).toBeLessThan(70);
  });

  it('counts a permit after the configured depth, a revocation at once', async () => {
    const op = makePermit(makeTerms());
    follower = follow({ depth: 3 });
    await grant(op);
    await mine(2);
    await follower.catchUp();
    expect(store.counts(patient.subject, op.grantId)).toBe('none');
    await mine(1);
    await follower.catchUp();
    expect(store.counts(patient.subject, op.grantId)).toBe('permit');
    await grant({ ...op, kind: 3 });
    await follower.catchUp();
    expect(store.counts(patient.subject, op.grantId)).toBe('none');
  });

  it('goes back to the common ancestor when the chain is reorganised, and keeps a revocation', async () => {
    const [first, second] = [makePermit(makeTerms()), makePermit(makeTerms())];
    await grant(first);
    const fork = await chain.rpc.call('evm_snapshot', []);
    await grant({ ...first, kind: 3 });
    await grant(second);
    await follower.catchUp();
    const before = await store.state();
    await chain.rpc.call('evm_revert', [fork]);
    await chain.rpc.call('evm_increaseTime', [7]);
    await mine(5);
    await follower.catchUp();
    const after = await store.state();
    expect(after?.at).toMatchObject({ number: (before?.at.number ?? 0n) + 3n });
    expect(after?.at.hash).toBe((await node.header('latest'))?.hash);
    expect(notices).toEqual([
      { kind: 'reorganised', from: before?.at.number, to: (before?.at.number ?? 0n) - 2n },
    ]);
    expect((await store.sample(10)).map((row) => row.grantId)).toEqual([first.grantId]);
    expect(store.counts(patient.subject, first.grantId)).toBe('none');
    expect(store.counts(patient.subject, second.grantId)).toBe('none');
  });

  it('takes nothing back for a node that is merely behind', async () => {
    const fork = await chain.rpc.call('evm_snapshot', []);
    await mine(3);
    await follower.catchUp();
    const at = (await store.state())?.at.number;
    nowMs += 60_000;
    await chain.rpc.call('evm_revert', [fork]);
    expect(await follower.step()).toBe('idle');
    expect(await store.state()).toMatchObject({ at: { number: at }, contactMs: nowMs - 60_000 });
  });

  it('stops at a chain that has nothing in common with what was applied', async () => {
    const other: BlockEvents = {
      number: (await node.blockNumber()) + 1n,
      hash: `0x${'1'.repeat(64)}`,
      parentHash: `0x${'2'.repeat(64)}`,
      time: 1,
      events: [],
    };
    store = new MemoryProjectionStore();
    const { address: contract, codeHash } = chain.contracts.consentRegistry;
    await store.begin({ chainId: '1', genesisHash: other.hash, contract, codeHash }, other);
    follower = follow();
    await mine(2);
    await expect(follower.step()).rejects.toMatchObject({ code: 'integrity-failure' });
    expect((await store.state())?.at.number).toBe(other.number);
  });

  it('tells a silent node, leaves the projection as it is, and goes on when the node is back', async () => {
    const op = makePermit(makeTerms());
    await follower.catchUp();
    const before = await store.state();
    wire.broken = /./;
    await grant(op);
    const abort = new AbortController();
    let pauses = 0;
    await follower.run(abort.signal, async () => {
      pauses += 1;
      if (pauses === 3) wire.broken = undefined;
      if (store.counts(patient.subject, op.grantId) === 'permit' || pauses > 50) abort.abort();
    });
    expect(notices.filter((notice) => notice.kind === 'failed')).toHaveLength(3);
    expect(before?.at.number).toBeLessThan((await store.state())?.at.number ?? 0n);
    expect(store.counts(patient.subject, op.grantId)).toBe('permit');
  });

  it('applies a block once, though the store failed before or after it took it', async () => {
    const op = makePermit(makeTerms());
    await grant(op);
    store.failNextApply = 'before';
    await expect(follower.catchUp()).rejects.toMatchObject({ code: 'internal' });
    store.failNextApply = 'after';
    await expect(follower.catchUp()).rejects.toMatchObject({ code: 'internal' });
    await follower.catchUp();
    expect(store.applied).toBe(2);
    expect(store.counts(patient.subject, op.grantId)).toBe('permit');
  });

  describe('start-up gate', () => {
    it('finds nothing wrong with the chain that was followed', async () => {
      await grant(makePermit(makeTerms()));
      await follower.catchUp();
      expect(await checkChain({ node, store, pinned: await pinned(), production: false })).toEqual([]);
      expect(await compareSample(store, new RegistryClient(node, domain().contract))).toEqual([]);
    });

    it('names every pin that differs', async () => {
      const wrong = { ...(await pinned()), chainId: '5', genesisHash: '0x11' as const };
      const faults = await checkChain({ node, store, pinned: wrong, production: false });
      expect(faults.map((fault) => fault.kind)).toEqual(['chain-id', 'genesis-hash']);
      const moved = { ...(await pinned()), contract: chain.contracts.anchorRegistry.address };
      const others = await checkChain({ node, store, pinned: moved, production: false });
      expect(others.map((fault) => fault.kind)).toEqual(['code-hash', 'contract']);
    });

    it('tells a checkpoint that the chain does not have, a tip below it, and a silent node', async () => {
      await follower.catchUp();
      const tip = await node.blockNumber();
      const fork = await chain.rpc.call('evm_snapshot', []);
      await mine(2);
      await follower.catchUp();
      await chain.rpc.call('evm_revert', [fork]);
      expect(await checkChain({ node, store, pinned: await pinned(), production: false })).toEqual([
        { severity: 'hold', kind: 'tip-below-checkpoint', checkpoint: tip + 2n, tip },
      ]);
      await chain.rpc.call('evm_increaseTime', [11]);
      await mine(3);
      expect(await checkChain({ node, store, pinned: await pinned(), production: false })).toMatchObject([
        { severity: 'stop', kind: 'checkpoint-hash' },
      ]);
      wire.broken = /./;
      const pins = {
        chainId: '1',
        genesisHash: '0x' as const,
        contract: domain().contract,
        codeHash: '0x' as const,
      };
      expect(await checkChain({ node, store, pinned: pins, production: false })).toEqual([
        { severity: 'hold', kind: 'node-silent' },
      ]);
    });

    it("finds a stored word that is not the contract's", async () => {
      const op = makePermit(makeTerms());
      await grant(op);
      await follower.catchUp();
      const [row] = await store.sample(1);
      const lying = Object.assign(Object.create(store), {
        state: () => store.state(),
        sample: async () => [{ ...row, word: (row?.word ?? 0n) ^ 1n }],
      });
      expect(await compareSample(lying, new RegistryClient(node, domain().contract))).toEqual([
        {
          severity: 'hold',
          kind: 'sample-differs',
          subject: patient.subject,
          grantId: op.grantId,
          stored: (row?.word ?? 0n) ^ 1n,
          onChain: row?.word,
        },
      ]);
    });
  });
});
