import { keccak256 } from 'ethers';
import { createHash } from 'node:crypto';
import {
  appendLeaves,
  consistencyProof,
  EMPTY_FRONTIER,
  frontierRoot,
  hashLeaf,
  type TreeHead,
} from '#provenance';
import { ChainAnchor } from './chain-anchor.js';
import { anchorCalls } from './calldata.js';
import { asHex } from './hex.js';
import type { LogKeys } from './identity.js';
import { Relayer } from './relayer.js';
import { makeAccount, randomHex, type TestAccount } from './testing/keys.js';
import { MemoryOutbox } from './testing/memory-outbox.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';
import { signHead } from './typed-data.js';

const ZERO = asHex(`0x${'0'.repeat(64)}`);
const ORIGIN = 'proviso.localhost/log/test';
const leaves = Array.from({ length: 40 }, (_, index) => hashLeaf(Buffer.from(`leaf ${index}`)));

function headOf(size: number, salt = ''): TreeHead {
  const own =
    salt === '' ? leaves : leaves.map((leaf) => createHash('sha256').update(leaf).update(salt).digest());
  return {
    origin: ORIGIN,
    size: BigInt(size),
    root: frontierRoot(appendLeaves(EMPTY_FRONTIER, own.slice(0, size))),
  };
}

function proofBetween(from: number, to: number): Promise<Uint8Array[]> | never[] {
  if (from === 0) return [];
  return consistencyProof(BigInt(from), BigInt(to), (level, index, width) =>
    level === 0 && index === 0n ? leaves.slice(0, width) : [],
  );
}

describe('ChainAnchor', () => {
  let chain: TestChain;
  let outbox: MemoryOutbox;
  let anchor: ChainAnchor;
  let operator: TestAccount;
  let keys: LogKeys;
  let depth = 0;

  const domain = () => ({ chainId: chain.chainId, contract: chain.contracts.anchorRegistry.address });
  const make = (): ChainAnchor =>
    new ChainAnchor({
      node: chain.node,
      outbox,
      chainId: chain.chainId,
      contract: chain.contracts.anchorRegistry.address,
      codeHash: chain.contracts.anchorRegistry.codeHash,
      origin: ORIGIN,
      keys,
      operatorKey: operator.key,
    });
  const relay = async (): Promise<void> => {
    const relayer = new Relayer({
      node: chain.node,
      outbox,
      key: chain.relayer.key,
      chainId: chain.chainId,
      finality: { depth },
      nowMs: () => 0,
    });
    await relayer.step();
    await relayer.step();
  };
  const submit = async (from: number, to: number) => anchor.submit(headOf(to), await proofBetween(from, to));

  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain.stop();
  });
  afterEach(async () => {
    await chain.rpc.call('evm_setAutomine', [true]);
  });
  beforeEach(() => {
    depth = 0;
    outbox = new MemoryOutbox();
    operator = makeAccount();
    keys = {
      salt: randomHex(),
      admin: chain.relayer.address,
      operator: operator.address,
      vkeyHash: randomHex(),
    };
    anchor = make();
  });

  it('opens the log at first use and anchors one head after the other', async () => {
    expect(await anchor.head()).toMatchObject({ origin: ORIGIN, size: 0n });
    expect(await submit(0, 3)).toEqual({ kind: 'prepared', size: 3n });
    await relay();
    expect(await anchor.state(3n)).toMatchObject({ kind: 'final', size: 3n });
    expect(await anchor.head()).toEqual(headOf(3));
    await submit(3, 32);
    await relay();
    await submit(32, 33);
    await relay();
    expect(await anchor.head()).toEqual(headOf(33));
  });

  it('changes nothing when a head is submitted again', async () => {
    await submit(0, 3);
    await submit(0, 3);
    expect(await outbox.open(10)).toHaveLength(2);
    await relay();
    expect(await submit(0, 3)).toMatchObject({ kind: 'final' });
    expect(await outbox.open(10)).toHaveLength(0);
  });

  it('goes from prepared over submitted and included to final', async () => {
    depth = 2;
    await submit(0, 5);
    await chain.rpc.call('evm_setAutomine', [false]);
    await relay();
    expect(await anchor.state(5n)).toMatchObject({ kind: 'submitted', transaction: expect.any(String) });
    await chain.rpc.call('evm_setAutomine', [true]);
    await chain.rpc.call('evm_mine', []);
    await relay();
    expect(await anchor.state(5n)).toMatchObject({ kind: 'included', block: expect.any(BigInt) });
    await chain.rpc.call('anvil_mine', ['0x3']);
    await relay();
    expect(await anchor.state(5n)).toMatchObject({ kind: 'final' });
  });

  it('tells that a block with an anchor left the chain, and anchors again', async () => {
    depth = 4;
    await submit(0, 2);
    await relay();
    await relay();
    const fork = await chain.rpc.call('evm_snapshot', []);
    await submit(2, 7);
    await relay();
    expect(await anchor.state(7n)).toMatchObject({ kind: 'included' });
    await chain.rpc.call('evm_revert', [fork]);
    await chain.rpc.call('evm_increaseTime', [13]);
    await chain.rpc.call('anvil_mine', ['0x2']);
    expect(await anchor.state(7n)).toEqual({ kind: 'reorged', size: 7n });
    await relay();
    await chain.rpc.call('anvil_mine', ['0x4']);
    await relay();
    expect(await anchor.state(7n)).toMatchObject({ kind: 'final' });
  });

  it('tries a head again whose proof was from another size', async () => {
    await submit(0, 3);
    await relay();
    expect(await submit(2, 9)).toEqual({ kind: 'prepared', size: 9n });
    await relay();
    expect(await anchor.state(9n)).toBeUndefined();
    await submit(3, 9);
    await relay();
    expect(await anchor.state(9n)).toMatchObject({ kind: 'final' });
  });

  it('finds a head that somebody else submitted', async () => {
    await submit(0, 3);
    await relay();
    await submit(3, 8);
    const message = { logId: anchor.logId, size: 8n, root: hexRoot(8), aux: ZERO };
    const signature = signHead(operator.key, domain(), message);
    const proof = (await proofBetween(3, 8)).map((each) => asHex(`0x${Buffer.from(each).toString('hex')}`));
    const hash = await chain.send(domain().contract, anchorCalls.anchor(message, proof, signature));
    await relay();
    expect(await anchor.state(8n)).toMatchObject({ kind: 'included', transaction: hash });
  });

  it('refuses a head that the chain contradicts, and a smaller one', async () => {
    await submit(0, 3);
    await relay();
    // A gateway whose outbox was lost.
    outbox = new MemoryOutbox();
    anchor = make();
    await expect(anchor.submit(headOf(3, 'another tree'), [])).rejects.toMatchObject({
      code: 'integrity-failure',
    });
    await expect(submit(0, 2)).rejects.toMatchObject({ code: 'precondition' });
    expect(await submit(0, 3)).toEqual({ kind: 'prepared', size: 3n });
    await relay();
    expect(await anchor.state(3n)).toMatchObject({ kind: 'included' });
  });

  it('refuses a log that a fork froze', async () => {
    await submit(0, 3);
    await relay();
    const sign = (salt: string) => {
      const root = asHex(`0x${Buffer.from(headOf(9, salt).root).toString('hex')}`, 32);
      const message = { logId: anchor.logId, size: 9n, root, aux: ZERO };
      return { ...message, signature: signHead(operator.key, domain(), message) };
    };
    await chain.send(domain().contract, anchorCalls.reportFork(sign('one'), sign('other')));
    await expect(submit(3, 9)).rejects.toMatchObject({ code: 'integrity-failure' });
    await expect(anchor.head()).rejects.toMatchObject({ code: 'integrity-failure' });
  });

  it('collects evidence that can be checked without the node', async () => {
    await submit(0, 3);
    await relay();
    const evidence = await anchor.evidence(3n);
    expect(evidence).toMatchObject({
      chainId: chain.chainId.toString(),
      contract: domain().contract,
      logId: anchor.logId,
      codeHash: chain.contracts.anchorRegistry.codeHash,
    });
    expect(keccak256(evidence?.header ?? '0x')).toBe(evidence?.blockHash);
    expect(evidence?.proof?.storageProof[0]?.value).toBe(`0x${BigInt(hexRoot(3)).toString(16)}`);
    expect(await anchor.evidence(4n)).toBeUndefined();
  });
});

function hexRoot(size: number): LogKeys['salt'] {
  return asHex(`0x${Buffer.from(headOf(size).root).toString('hex')}`, 32);
}
