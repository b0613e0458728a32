import { Node } from './node.js';
import { RegistryClient } from './registry-client.js';
import { Relayer, type FeeOptions, type RelayerNotice } from './relayer.js';
import { MemoryOutbox } from './testing/memory-outbox.js';
import { makePatient, makePermit, makeTerms, signedOpen } from './testing/patient.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';
import { readTransaction } from './transaction.js';

const GWEI = 1_000_000_000n;
const FEES: FeeOptions = { capWei: 40n * GWEI, bumpPercent: 13, stuckAfterMs: 1_000 };

describe('Relayer, when it cannot pay', () => {
  let chain: TestChain;
  let outbox: MemoryOutbox;
  let relayer: Relayer;
  let notices: RelayerNotice[];
  let nowMs = 0;

  const queue = async () => {
    const [patient, op] = [makePatient(), makePermit(makeTerms())];
    const contract = chain.contracts.consentRegistry.address;
    const data = signedOpen(patient, { chainId: chain.chainId, contract }, [op]);
    await outbox.enqueue({ key: op.grantId, to: contract, data, priority: 'normal' });
    const registry = new RegistryClient(chain.node, contract);
    const isThere = async () => (await registry.states(patient.subject, [op.grantId])).words[0] !== 0n;
    return { key: op.grantId, isThere };
  };
  /** What `run` does with a step: a failure is told, and the next step tries again. */
  const step = async (): Promise<void> => {
    await relayer.step().catch((error: unknown) => notices.push({ kind: 'failed', error }));
    nowMs += 600;
  };
  const drain = async (): Promise<void> => {
    for (let round = 0; round < 20 && (await outbox.open(10)).length > 0; round += 1) {
      await step();
      await chain.rpc.call('evm_mine', []);
    }
  };
  const baseFee = (wei: bigint) =>
    chain.rpc.call('anvil_setNextBlockBaseFeePerGas', [`0x${wei.toString(16)}`]);
  const balance = (wei: bigint) =>
    chain.rpc.call('anvil_setBalance', [chain.relayer.address, `0x${wei.toString(16)}`]);
  const variantsOf = async (key: string) =>
    ((await outbox.find(key))?.transactions ?? []).map(({ raw }) => readTransaction(raw));

  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain.stop();
  });
  beforeEach(() => {
    outbox = new MemoryOutbox();
    notices = [];
    nowMs = 0;
    const node = new Node(chain.rpc);
    const { key } = chain.relayer;
    const options = { node, outbox, key, chainId: chain.chainId, finality: { depth: 0 }, fees: FEES };
    relayer = new Relayer({ ...options, nowMs: () => nowMs, notice: (notice) => notices.push(notice) });
  });

  it('never pays more than the cap while fees are above it, and goes on by itself when they are not', async () => {
    await baseFee(100n * GWEI);
    await chain.rpc.call('evm_mine', []);
    const calls = [await queue(), await queue()];
    for (let round = 0; round < 6; round += 1) {
      await step();
      await baseFee(100n * GWEI);
      await chain.rpc.call('evm_mine', []);
    }
    for (const { key, isThere } of calls) {
      expect(await isThere()).toBe(false);
      for (const { maxFeePerGas } of await variantsOf(key)) expect(maxFeePerGas <= FEES.capWei).toBe(true);
    }
    await baseFee(GWEI);
    await drain();
    for (const { isThere } of calls) expect(await isThere()).toBe(true);
    const nonces = await Promise.all(calls.map(async ({ key }) => (await outbox.find(key))?.nonce ?? -1));
    expect(nonces[1]).toBe((nonces[0] ?? 0) + 1);
  });

  it('pays more as fees rise, under the same nonce, up to the cap', async () => {
    await baseFee(GWEI);
    await chain.rpc.call('evm_mine', []);
    await chain.rpc.call('evm_setAutomine', [false]);
    const call = await queue();
    await step();
    for (let round = 0; round < 12; round += 1) await step();
    const variants = await variantsOf(call.key);
    expect(variants.length).toBeGreaterThan(2);
    expect(new Set(variants.map(({ nonce }) => nonce)).size).toBe(1);
    const fees = variants.map(({ maxFeePerGas }) => maxFeePerGas);
    expect(fees).toEqual(fees.toSorted((a, b) => (a < b ? -1 : 1)));
    await chain.rpc.call('evm_setAutomine', [true]);
    await drain();
    expect(await call.isThere()).toBe(true);
  });

  it('waits without coin, says why, and goes on when it has some', async () => {
    const before = await chain.node.balance(chain.relayer.address);
    await balance(1_000n);
    const call = await queue();
    await step();
    await step();
    expect(notices.map(({ kind }) => kind)).toEqual(['failed', 'failed']);
    expect(notices[0]).toMatchObject({
      error: { fault: { message: expect.stringMatching(/insufficient funds/i) } },
    });
    expect(await call.isThere()).toBe(false);
    await balance(before);
    await drain();
    expect(await call.isThere()).toBe(true);
    expect(await outbox.find(call.key)).toMatchObject({ state: 'final' });
  });
});
