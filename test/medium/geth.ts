import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { JsonRpc, Node } from '#chain';
import type { Hex } from '#consent';
import { environment, ROOT } from '../e2e/run.js';
import { until } from '../e2e/until.js';

const BUILD_MS = 600_000;
const START_MS = 60_000;
const BUILDER = join(ROOT, 'scripts/build-geth.mjs');
/** Of Geth's own version text. */
const IS_GETH = /^Geth/i;

/** A geth to run, or why there is none here. */
export type Geth =
  { readonly kind: 'ready'; readonly binary: string } | { readonly kind: 'missing'; readonly why: string };

/**
 * The binary of GETH_BIN, else what `scripts/build-geth.mjs` built earlier (or builds now, with GETH_BUILD=1), else the one in
 * PATH. A build takes minutes: it is made only where it is asked for.
 */
export function findGeth(): Geth {
  const { GETH_BIN, GETH_BUILD } = environment();
  const built = spawnSync(process.execPath, [BUILDER, '--where'], { encoding: 'utf8' }).stdout.trim();
  if (GETH_BIN !== undefined && GETH_BIN !== '') return tried(GETH_BIN);
  if (existsSync(built)) return tried(built);
  if (GETH_BUILD === '1') {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BUILDER], {
      encoding: 'utf8',
      timeout: BUILD_MS,
    });
    const why = `it cannot be built: ${stderr.trim().split('\n').at(-1) ?? ''}`;
    return status === 0 ? tried(stdout.trim()) : { kind: 'missing', why };
  }
  const inPath = tried('geth');
  if (inPath.kind === 'ready') return inPath;
  return { kind: 'missing', why: 'set GETH_BUILD=1 (needs Go, takes minutes) or GETH_BIN' };
}

function tried(binary: string): Geth {
  const { stdout, error } = spawnSync(binary, ['version'], { encoding: 'utf8' });
  if (error === undefined && IS_GETH.test(stdout)) return { kind: 'ready', binary };
  return { kind: 'missing', why: `${binary} is no geth` };
}

/**
 * A private network of one geth on loopback that makes a block a second, as a chain of others does, whether or not there is
 * anything to put in. (Blocks on demand must be a second apart too: under load their times would run ahead of the clock.)
 */
export class GethNetwork {
  readonly url: string;
  readonly node: Node;
  readonly #rpc: JsonRpc;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#rpc = new JsonRpc({ urls: [url], timeoutMs: 10_000 });
    this.node = new Node(this.#rpc);
    this.#child = child;
    this.#folder = folder;
  }

  static async start(binary: string): Promise<GethNetwork> {
    const folder = mkdtempSync(join(tmpdir(), 'proviso-geth-'));
    const kept = ['--datadir', folder, '--state.scheme', 'hash', '--gcmode', 'archive'];
    const door = [
      '--http',
      '--http.addr',
      '127.0.0.1',
      '--http.port',
      '0',
      '--http.api',
      'eth,net,web3,debug',
    ];
    const alone = ['--ipcdisable', '--port', '0', '--authrpc.port', '0', '--nodiscover', '--maxpeers', '0'];
    const child = spawn(binary, ['--dev', '--dev.period', '1', ...kept, ...door, ...alone], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lines = createInterface({ input: child.stderr });
    let said = '';
    lines.on('line', (line) => {
      said = /HTTP server started\s+endpoint=(\S+)/.exec(line)?.[1] ?? said;
    });
    const endpoint = await until('geth answers', START_MS, () => {
      if (child.exitCode !== null) throw new Error(`geth ended with ${child.exitCode}`);
      return said === '' ? undefined : said;
    });
    return new GethNetwork(`http://${endpoint}`, child, folder);
  }

  /** Gives accounts coin, from the one that the network begins with. Nothing else uses that account. */
  async fund(accounts: readonly Hex[], wei: bigint): Promise<void> {
    const [from] = z.array(z.string()).parse(await this.#rpc.call('eth_accounts', []));
    for (const to of accounts) {
      // oxlint-disable-next-line no-await-in-loop -- their nonces are in this order
      await this.#rpc.call('eth_sendTransaction', [{ from, to, value: `0x${wei.toString(16)}` }]);
    }
    await until('the accounts have coin', START_MS, async () => {
      const balances = await Promise.all(accounts.map((account) => this.node.balance(account)));
      return balances.every((balance) => balance >= wei);
    });
  }

  /** Takes blocks back: everything above `number` is undone, and made anew without what it held. */
  async setHead(number: bigint): Promise<void> {
    await this.#rpc.call('debug_setHead', [`0x${number.toString(16)}`]);
  }

  /** Stops it for a while as a node that hangs: connections are taken, and nothing is answered. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#rpc.close();
    this.resume();
    const ended = once(this.#child, 'exit');
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
