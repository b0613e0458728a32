import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { JsonRpc } from '../json-rpc.js';
import { Node, type Receipt } from '../node.js';
import { makeAccount } from '../testing/keys.js';
import { signTransaction } from '../transaction.js';
import { seeded } from '../../../../test/faults/seeded.js';

const SEED = 20_261_121;
const ROUNDS = 6;
const GWEI = 1_000_000_000n;
const RUNNER = path.join(import.meta.dirname, '..', 'testing', 'run-chain.mjs');
const readySchema = z.object({ rpcUrl: z.string(), nodePid: z.int() });

interface RunningChain {
  readonly child: ChildProcess;
  readonly node: Node;
  readonly nodePid: number;
}

/** Whether a process that is a node of this folder runs; one that ended, and waits to be reaped, has no command line. */
async function isRunning(pid: number, dataDir: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(dataDir);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended before.
  }
}

describe('EmbeddedChain, killed', () => {
  let dataDir: string;
  let chain: RunningChain | undefined;
  const payer = makeAccount();

  const start = async (): Promise<RunningChain> => {
    const child = spawn(process.execPath, ['--no-warnings', RUNNER, dataDir, payer.address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    const { rpcUrl, nodePid } = readySchema.parse(JSON.parse(String(line)));
    return { child, nodePid, node: new Node(new JsonRpc({ urls: [rpcUrl], timeoutMs: 10_000 })) };
  };
  const send = async (node: Node, chainId: bigint, nonce: number) => {
    const { raw } = signTransaction(payer.key, {
      chainId,
      nonce,
      to: payer.address,
      data: '0x',
      gasLimit: 21_000n,
      maxFeePerGas: 4n * GWEI,
      maxPriorityFeePerGas: GWEI,
    });
    return node.send(raw);
  };
  /** Sends until something breaks. Gives the receipts of what was acknowledged. */
  const sendUntilKilled = async (node: Node, sent: (count: number) => void): Promise<Receipt[]> => {
    const acknowledged: Receipt[] = [];
    try {
      const chainId = await node.chainId();
      for (let nonce = await node.nonce(payer.address); ; nonce += 1) {
        const receipt = await node.receipt(await send(node, chainId, nonce));
        if (receipt !== undefined) acknowledged.push(receipt);
        sent(acknowledged.length);
      }
    } catch {
      return acknowledged;
    }
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'proviso-kill-'));
  });
  afterAll(async () => {
    chain?.child.kill('SIGKILL');
    if (chain !== undefined) kill(chain.nodePid);
    await rm(dataDir, { recursive: true, force: true });
  });

  it('keeps every acknowledged transaction in its block, whichever process is killed, whenever', async () => {
    const random = seeded(SEED);
    const acknowledged: Receipt[] = [];
    const nodes: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      chain = await start();
      const { child, node, nodePid } = chain;
      const enough = Math.floor(random() * 40);
      let sending: Promise<Receipt[]> = Promise.resolve([]);
      await new Promise<void>((resolve) => {
        sending = sendUntilKilled(node, (count) => {
          if (count > enough) resolve();
        });
      });
      // Somewhere within the next transaction.
      await delay(random() * 8);
      // Both; the owner alone (its node stays behind); the node alone (it is replaced), then the owner.
      if (round % 3 === 2) kill(nodePid);
      if (round % 3 === 2) await delay(random() * 150);
      child.kill('SIGKILL');
      if (round % 3 === 0) kill(nodePid);
      acknowledged.push(...(await sending));
      nodes.push(nodePid);
    }
    chain = await start();
    const lost: Receipt[] = [];
    for (const receipt of acknowledged) {
      const now = await chain.node.receipt(receipt.transaction);
      if (now?.blockHash !== receipt.blockHash || now.block !== receipt.block) lost.push(receipt);
    }
    process.stderr.write(
      `${ROUNDS} kills, ${acknowledged.length} acknowledged transactions, ${lost.length} lost\n`,
    );
    expect(acknowledged.length).toBeGreaterThan(ROUNDS);
    expect(lost).toEqual([]);
    const running = await Promise.all(nodes.map((pid) => isRunning(pid, dataDir)));
    expect(running).not.toContain(true);
  }, 480_000);
});
