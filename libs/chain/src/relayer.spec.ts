import type { GrantOp } from '#consent';
import { consentCalls } from './calldata.js';
import { Node } from './node.js';
import type { OutboxRequest } from './outbox.js';
import { RegistryClient } from './registry-client.js';
import { Relayer, type FeeOptions, type RelayerNotice } from './relayer.js';
import { RpcError } from './rpc-error.js';
import { LossyWire } from './testing/lossy-wire.js';
import { MemoryOutbox } from './testing/memory-outbox.js';
import { makePatient, makePermit, makeTerms, signedOpen, type TestPatient } from './testing/patient.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';
import { signTransaction } from './transaction.js';

describe('Relayer', () => {
  let chain: TestChain;
  let wire: LossyWire;
  let node: Node;
  let outbox: MemoryOutbox;
  let notices: RelayerNotice[];
  let nowMs = 0;

  const contract = () => chain.contracts.consentRegistry.address;
  const domain = () => ({ chainId: chain.chainId, contract: contract() });
  const note = (notice: RelayerNotice): void => {
    notices.push(notice);
  };
  const make = (fees?: FeeOptions, depth = 0): Relayer =>
    new Relayer({
      node,
      outbox,
      key: chain.relayer.key,
      chainId: chain.chainId,
      finality: { depth },
      nowMs: () => nowMs,
      notice: note,
      ...(fees === undefined ? {} : { fees }),
    });
  const request = (
    patient: TestPatient,
    op: GrantOp,
    priority: OutboxRequest['priority'] = 'normal',
  ): OutboxRequest => ({
    key: `ops:${patient.subject}:${op.grantId}:${op.version}`,
    to: contract(),
    data: signedOpen(patient, domain(), [op]),
    priority,
  });
  const queue = async (priority: OutboxRequest['priority'] = 'normal') => {
    const patient = makePatient();
    const op = makePermit(makeTerms());
    const { key } = await outbox.enqueue(request(patient, op, priority));
    return { patient, op, key };
  };
  const wordOf = async ({ patient, op }: Awaited<ReturnType<typeof queue>>) =>
    (await new RegistryClient(chain.node, contract()).states(patient.subject, [op.grantId])).words[0];
  const automine = async (on: boolean): Promise<void> => {
    wire.mines = on;
    await chain.rpc.call('evm_setAutomine', [on]);
  };

  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain.stop();
  });
  afterEach(async () => {
    await automine(true);
  });
  beforeEach(() => {
    wire = new LossyWire(chain.rpc);
    node = new Node(wire);
    outbox = new MemoryOutbox();
    notices = [];
    nowMs = 0;
  });

  it('brings every queued call to the chain, urgent ones first', async () => {
    const normal = await queue();
    const urgent = await queue('urgent');
    const relayer = make();
    while ((await relayer.step()) > 0);
    expect(await wordOf(normal)).not.toBe(0n);
    expect(await outbox.find(normal.key)).toMatchObject({ state: 'final' });
    const nonces = [await outbox.find(urgent.key), await outbox.find(normal.key)].map(
      (row) => row?.nonce ?? -1,
    );
    expect(nonces[1]).toBe((nonces[0] ?? 0) + 1);
    expect(wire.sent).toHaveLength(2);
  });

  it('keeps a row open until its block is deep enough', async () => {
    const call = await queue();
    const relayer = make(undefined, 2);
    expect(await relayer.step()).toBe(1);
    expect(await outbox.find(call.key)).toMatchObject({ state: 'included', block: expect.any(BigInt) });
    await chain.rpc.call('anvil_mine', ['0x2']);
    expect(await relayer.step()).toBe(0);
    expect(await outbox.find(call.key)).toMatchObject({ state: 'final' });
  });

  it.each(['before', 'after'] as const)(
    'sends the same bytes again when the answer to a send was lost (%s the node took it)',
    async (lose) => {
      const call = await queue();
      wire.lose = lose;
      await expect(make().step()).rejects.toMatchObject({ fault: { kind: 'timeout' } });
      expect(await outbox.find(call.key)).toMatchObject({ state: 'signed' });
      // Another process goes on with what the outbox holds.
      expect(await make().step()).toBe(0);
      expect(await wordOf(call)).not.toBe(0n);
      expect(new Set(wire.sent).size).toBe(1);
      expect((await outbox.find(call.key))?.transactions).toHaveLength(1);
    },
  );

  it('takes the node\'s "already known" as sent', async () => {
    await automine(false);
    const call = await queue();
    await make().step();
    await make().step();
    expect(wire.sent).toHaveLength(2);
    await automine(true);
    await chain.rpc.call('evm_mine', []);
    expect(await make().step()).toBe(0);
    expect(await wordOf(call)).not.toBe(0n);
  });

  it('takes Stale as done, by whoever relayed the same ops', async () => {
    const call = await queue();
    await chain.send(contract(), signedOpen(call.patient, domain(), [call.op]));
    expect(await make().step()).toBe(0);
    expect(await outbox.find(call.key)).toMatchObject({ state: 'final', error: 'Stale' });
    expect(notices).toEqual([{ kind: 'done-by-another', key: call.key, error: 'Stale' }]);
    expect(wire.sent).toEqual([]);
  });

  it('fails a call that the contract refuses, with the name of its error, and goes on', async () => {
    const patient = makePatient();
    const op = makePermit(makeTerms());
    const bad = { ...request(patient, op), key: 'bad', data: consentCalls.applyOps(patient.subject, [op]) };
    await outbox.enqueue(bad);
    const good = await queue();
    while ((await make().step()) > 0);
    expect(await outbox.find('bad')).toMatchObject({ state: 'failed', error: 'NotOpen' });
    expect(await outbox.find(good.key)).toMatchObject({ state: 'final' });
  });

  it('waits with its judgement while something is in flight that may change it', async () => {
    await automine(false);
    const first = await queue();
    const second = makePermit(makeTerms());
    const raise = { ...second, version: 300 };
    await make().step();
    await outbox.enqueue({ ...request(first.patient, raise), key: 'later' });
    await make().step();
    expect(await outbox.find('later')).toMatchObject({ state: 'queued' });
    await automine(true);
    await chain.rpc.call('evm_mine', []);
    while ((await make().step()) > 0);
    expect(await outbox.find('later')).toMatchObject({ state: 'failed', error: 'VersionJump' });
  });

  it('raises the fees of a stuck transaction, keeps every variant, and stops at the cap', async () => {
    await automine(false);
    const call = await queue();
    const price = await node.gasPrice();
    const relayer = make({ capWei: 3n * price, bumpPercent: 13, stuckAfterMs: 1_000 });
    for (let round = 0; round < 6; round += 1) {
      await relayer.step();
      nowMs += 1_000;
    }
    const row = await outbox.find(call.key);
    expect(row?.transactions.length).toBeGreaterThan(1);
    expect(new Set(row?.transactions.map(({ hash }) => hash)).size).toBe(row?.transactions.length);
    expect(notices.map(({ kind }) => kind)).toContain('bumped');
    expect(notices.at(-1)).toEqual({ kind: 'fee-cap', key: call.key });
    await automine(true);
    await chain.rpc.call('evm_mine', []);
    expect(await relayer.step()).toBe(0);
    expect(await wordOf(call)).not.toBe(0n);
  });

  it('takes a new nonce when another transaction of its account used the old one', async () => {
    await automine(false);
    const call = await queue();
    wire.lose = 'before';
    await expect(make().step()).rejects.toBeInstanceOf(RpcError);
    const nonce = (await outbox.find(call.key))?.nonce ?? -1;
    const price = await node.gasPrice();
    const other = signTransaction(chain.relayer.key, {
      chainId: chain.chainId,
      nonce,
      to: chain.relayer.address,
      data: '0x',
      gasLimit: 21_000n,
      maxFeePerGas: 3n * price,
      maxPriorityFeePerGas: price,
    });
    await automine(true);
    await chain.rpc.call('eth_sendRawTransactionSync', [other.raw]);
    while ((await make().step()) > 0);
    expect(await outbox.find(call.key)).toMatchObject({ state: 'final', nonce: nonce + 1 });
    expect(await wordOf(call)).not.toBe(0n);
  });

  it('sends again what a reorganisation took out of the chain', async () => {
    const fork = await chain.rpc.call('evm_snapshot', []);
    const call = await queue();
    const relayer = make(undefined, 5);
    await relayer.step();
    expect(await outbox.find(call.key)).toMatchObject({ state: 'included' });
    await chain.rpc.call('evm_revert', [fork]);
    await chain.rpc.call('evm_increaseTime', [9]);
    await relayer.step();
    expect(notices).toContainEqual({ kind: 'reorganised', key: call.key });
    await chain.rpc.call('anvil_mine', ['0x5']);
    expect(await relayer.step()).toBe(0);
    expect(await wordOf(call)).not.toBe(0n);
  });

  it('takes up what was final already, when its block leaves the chain, and uses its nonces no second time', async () => {
    const fork = await chain.rpc.call('evm_snapshot', []);
    const patient = makePatient();
    const refused = makePermit(makeTerms());
    const calls = [await queue(), await queue('urgent')];
    const relayer = make();
    while ((await relayer.step()) > 0);
    const spent = (await outbox.newestSettled())?.nonce;
    await chain.rpc.call('evm_revert', [fork]);
    await chain.rpc.call('evm_increaseTime', [17]);
    await chain.rpc.call('anvil_mine', ['0x5']);
    await outbox.enqueue(request(patient, refused));
    while ((await relayer.step()) > 0);
    expect(notices.filter(({ kind }) => kind === 'reorganised')).toHaveLength(2 * calls.length);
    for (const call of calls) expect(await wordOf(call)).not.toBe(0n);
    expect(await outbox.newestSettled()).toMatchObject({ state: 'final', nonce: (spent ?? 0) + 1 });
  });

  it('takes nothing up again for a node that is merely behind', async () => {
    const fork = await chain.rpc.call('evm_snapshot', []);
    const call = await queue();
    while ((await make().step()) > 0);
    await chain.rpc.call('evm_revert', [fork]);
    expect(await make().step()).toBe(0);
    expect(await outbox.find(call.key)).toMatchObject({ state: 'final' });
    expect(notices).toEqual([]);
  });

  it('tells a node that does not answer, and works on when it does', async () => {
    await queue();
    wire.lose = 'before';
    const abort = new AbortController();
    await make().run(abort.signal, async () => {
      if ((await outbox.open(1)).length === 0) abort.abort();
    });
    expect(notices.map(({ kind }) => kind)).toEqual(['failed']);
  });
});
