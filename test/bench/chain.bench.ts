/**
 * The chain's reading, and the embedded node's sending and replay.
 * Run: npm run -s jest -- --testRegex 'bench/chain\.bench\.ts$'
 *
 * 2026-11-21, two cores shared with other work, node and anvil 1.7.1 on one machine: states of 1 p50 0.2 ms, of 50 p50
 * 0.4 ms; catch-up (decoding, no database) 17,000 (busy) to 73,000 events/s; send, durable and mined, p50 6 to 9 ms; replay 800
 * blocks/s.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  BlockReader,
  consentCalls,
  EmbeddedChain,
  JsonRpc,
  Node,
  RegistryClient,
  signerHashOf,
  subjectId,
} from '#chain';
import type { GrantOp, Hex } from '#consent';
import { makeAccount, randomHex } from '../../libs/chain/src/testing/keys.js';
import { startTestChain, type TestChain } from '../../libs/chain/src/testing/test-chain.js';
import { signTransaction } from '../../libs/chain/src/transaction.js';

const BATCHES = 400;
const BATCH = 50;
const TRANSACTIONS = 500;
const CALLS = 1_000;
const GWEI = 1_000_000_000n;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function percentiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

async function timed(count: number, call: (n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    await call(n);
    times.push(performance.now() - start);
  }
  return times;
}

function randomOps(): GrantOp[] {
  const op = { kind: 1, from: 0, to: 0, version: 1 } as const;
  return Array.from({ length: BATCH }, () => ({ ...op, grantId: randomHex(), commitment: randomHex() }));
}

describe('chain', () => {
  let chain: TestChain;
  let subject: Hex;
  const ids: Hex[] = [];

  beforeAll(async () => {
    chain = await startTestChain();
    const contract = chain.contracts.consentRegistry.address;
    const [signerHash, salt] = [signerHashOf(chain.relayer.address), randomHex()];
    subject = subjectId(signerHash, salt);
    await chain.send(contract, consentCalls.open(signerHash, salt));
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const ops = randomOps();
      ids.push(...ops.map((op) => op.grantId));
      await chain.send(contract, consentCalls.applyOps(subject, ops));
    }
  }, 600_000);
  afterAll(() => chain.stop());

  it('asks the contract', async () => {
    const client = new RegistryClient(chain.node, chain.contracts.consentRegistry.address);
    for (const count of [1, 50]) {
      const times = await timed(CALLS, (n) => client.states(subject, ids.slice(n, n + count)));
      say(`states of ${count}: ${percentiles(times)}`);
    }
  }, 120_000);

  it('catches up', async () => {
    const contract = chain.contracts.consentRegistry.address;
    const reader = new BlockReader(chain.node, contract, { nowMs: () => performance.now() });
    const tip = await chain.node.blockNumber();
    const start = performance.now();
    let events = 0;
    for (let at = 0n; at < tip;) {
      const blocks = await reader.range(at, tip);
      events += blocks.reduce((sum, block) => sum + block.events.length, 0);
      at = blocks.at(-1)?.number ?? tip;
    }
    const seconds = (performance.now() - start) / 1_000;
    say(
      `catch-up: ${events} events of ${tip} blocks in ${seconds.toFixed(1)} s, ${Math.round(events / seconds)}/s`,
    );
    expect(events).toBe(BATCHES * BATCH + 1);
  }, 120_000);
});

describe('embedded chain', () => {
  it('replays its journal', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'proviso-bench-'));
    const payer = makeAccount();
    const options = { dataDir, fund: [payer.address], snapshotEveryBlocks: 1_000_000 };
    try {
      let embedded = await EmbeddedChain.start(options);
      const node = new Node(new JsonRpc({ urls: [embedded.rpcUrl] }));
      const chainId = await node.chainId();
      const fees = { gasLimit: 21_000n, maxFeePerGas: 4n * GWEI, maxPriorityFeePerGas: GWEI };
      const sends = await timed(TRANSACTIONS, (nonce) =>
        node.send(signTransaction(payer.key, { chainId, nonce, to: payer.address, data: '0x', ...fees }).raw),
      );
      say(`send, durable and mined: ${percentiles(sends)}`);
      const tip = await node.header('latest');
      await embedded.stop();
      await rm(path.join(dataDir, 'chain', 'snapshot.json'));
      const start = performance.now();
      embedded = await EmbeddedChain.start(options);
      const seconds = (performance.now() - start) / 1_000;
      say(
        `replay: ${TRANSACTIONS} blocks in ${seconds.toFixed(1)} s, ${Math.round(TRANSACTIONS / seconds)}/s`,
      );
      const again = await new Node(new JsonRpc({ urls: [embedded.rpcUrl] })).header('latest');
      expect(again).toEqual(tip);
      await embedded.stop();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 300_000);
});
