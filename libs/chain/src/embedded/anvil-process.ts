import { spawn, type ChildProcess } from 'node:child_process';
import { GatewayError } from '#outcome';
import { HttpEndpoint } from '../rpc-endpoint.js';
import type { Genesis } from './genesis.js';

/** How the node is started. */
export interface AnvilOptions {
  readonly binary: string;
  /** Also marks the process: its absolute path is on the command line. */
  readonly genesisPath: string;
  readonly genesis: Genesis;
}

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 3_000;
const CALL_TIMEOUT_MS = 15_000;
const MAX_REPLY_BYTES = 256 * 1024 * 1024;

/** The node as a child process, on a loopback port that only this process is told of. */
export class AnvilProcess {
  readonly endpoint: HttpEndpoint;
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, pid: number, url: string) {
    this.#child = child;
    this.pid = pid;
    this.endpoint = new HttpEndpoint(url, { timeoutMs: CALL_TIMEOUT_MS, maxReplyBytes: MAX_REPLY_BYTES });
    this.ended = ending(child);
  }

  /** Starts a node with nothing but its genesis. `spawned` is told the process id at once. Throws `internal`. */
  static async start(
    options: AnvilOptions,
    spawned: (pid: number) => Promise<void> = async () => {},
  ): Promise<AnvilProcess> {
    const child = spawn(options.binary, commandLine(options), { stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      const listening = portOf(child);
      listening.catch(() => {});
      if (child.pid !== undefined) await spawned(child.pid);
      const port = await listening;
      return new AnvilProcess(child, child.pid ?? 0, `http://127.0.0.1:${port}`);
    } catch (cause) {
      child.kill('SIGKILL');
      throw new GatewayError('internal', { details: 'the embedded chain node does not start', cause });
    }
  }

  /** Ends the process at once, without waiting for it. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends the process and waits for it. It keeps nothing that the journal does not have. */
  async stop(): Promise<void> {
    this.endpoint.close();
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }
}

/** The rules of the chain are fixed here: with others, a replay would give other hashes. */
function commandLine({ genesisPath, genesis }: AnvilOptions): string[] {
  const network = ['--host', '127.0.0.1', '--port', '0', '--no-cors', '--no-request-size-limit'];
  const start = ['--init', genesisPath, '--chain-id', `${genesis.chainId}`, '--timestamp', `${genesis.time}`];
  const rules = ['--accounts', '0', '--hardfork', 'osaka', '--gas-limit', '60000000', '--order', 'fifo'];
  return [...network, ...start, ...rules, '--disable-default-create2-deployer', '--disable-console-log'];
}

function ending(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
  });
}

/** Reads the port from what the node prints, and lets the rest run off: a full pipe would stop it. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (cause?: unknown): void => {
      reject(new GatewayError('internal', { details: printed.slice(-500), cause }));
    };
    const timer = setTimeout(fail, START_TIMEOUT_MS);
    child.once('error', fail);
    child.once('exit', fail);
    child.stderr?.on('data', (chunk) => {
      if (printed.length < 65_536) printed += String(chunk);
    });
    child.stdout?.on('data', function read(chunk) {
      printed += String(chunk);
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.stdout?.off('data', read).resume();
      child.off('exit', fail);
      resolve(Number(port));
    });
  });
}
