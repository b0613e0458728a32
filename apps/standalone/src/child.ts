import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** How to run a child process. It prints a line of JSON with `ready: true` when it answers. */
export interface ChildSpec {
  readonly name: string;
  readonly script: string;
  /** Read at each start. */
  readonly env: () => Readonly<Record<string, string | undefined>>;
  /** Started again after an unexpected end, with a growing pause. */
  readonly restart: boolean;
  readonly readyMs: number;
  /** The first pause before a restart; it doubles while the child does not live for a while. Default 400. */
  readonly pauseMs?: number;
  readonly log: (line: string) => void;
}

/** What a child said when it was ready. */
export type Ready = Readonly<Record<string, unknown>>;

const PAUSE_MS = 400;
const MAX_PAUSE_MS = 10_000;
/** A child that lived that long is well: the next pause is the first one again. */
const WELL_AFTER_MS = 30_000;
const STOP_MS = 10_000;

/** A child process under supervision: started, started again when it dies, stopped in order. */
export class Child {
  readonly #spec: ChildSpec;
  #process: ChildProcess | undefined;
  #stopping = new AbortController();
  #failures = 0;

  constructor(spec: ChildSpec) {
    this.#spec = spec;
  }

  /** Its process, while that runs. */
  get pid(): number | undefined {
    const child = this.#process;
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** Resolves with what the child said when it was ready; rejects where it ended or took too long before. */
  start(): Promise<Ready> {
    this.#stopping = new AbortController();
    return this.#run(this.#stopping.signal);
  }

  /** Lets it go on, and never starts it again: whoever stops many tells each of them first. */
  retire(): void {
    this.#stopping.abort();
  }

  /** SIGTERM, and SIGKILL where that is not heard in time. */
  async stop(): Promise<void> {
    this.retire();
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = sleep(STOP_MS, 'late', { ref: false });
    if ((await Promise.race([ended, late])) === 'late') {
      child.kill('SIGKILL');
      await ended;
    }
  }

  async #run(stopping: AbortSignal): Promise<Ready> {
    const child = this.#launch();
    const ready = await readyOf(child, this.#spec);
    const sinceMs = performance.now();
    child.once('exit', () => {
      if (performance.now() - sinceMs > WELL_AFTER_MS) this.#failures = 0;
      if (this.#spec.restart) void this.#again(stopping);
    });
    return ready;
  }

  #launch(): ChildProcess {
    const child = spawn(process.execPath, ['--enable-source-maps', this.#spec.script], {
      env: this.#spec.env(),
      // the channel carries nothing: that it closes tells the child that its supervisor died
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#line(line));
    }
    this.#process = child;
    return child;
  }

  #line(line: string): void {
    if (line.trim() !== '' && readyLine(line) === undefined) this.#spec.log(`${this.#spec.name}: ${line}`);
  }

  async #again(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      this.#spec.log(`${this.#spec.name}: ended, starting again`);
      await sleep(this.#pauseMs(), undefined, { signal: stopping }).catch(() => undefined);
      if (stopping.aborted) return;
      try {
        await this.#run(stopping);
        return;
      } catch (error) {
        this.#spec.log(`${this.#spec.name}: ${String(error)}`);
      }
    }
  }

  #pauseMs(): number {
    const pauseMs = (this.#spec.pauseMs ?? PAUSE_MS) * 2 ** this.#failures;
    this.#failures += 1;
    return Math.min(pauseMs, MAX_PAUSE_MS);
  }
}

function readyOf(child: ChildProcess, spec: ChildSpec): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${spec.name} was not ready within ${spec.readyMs} ms`));
    }, spec.readyMs);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      reject(new Error(`${spec.name} ended before it was ready (${signal ?? String(code)})`));
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const ready = readyLine(line);
      if (ready === undefined) return;
      clearTimeout(late);
      resolve(ready);
    });
  });
}

/** What a line says, where it is the one that tells that the child answers. */
function readyLine(line: string): Ready | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(line);
    return isReady(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isReady(value: unknown): value is Ready {
  return typeof value === 'object' && value !== null && 'ready' in value && value.ready === true;
}
