import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NodeReply, NodeRequest } from './node-messages.js';
import type { SystemReady } from './system.main.js';
import type { Variant } from './variants.js';

type Env = Readonly<Record<string, string | undefined>>;

/** The system under load. */
export interface System extends SystemReady {
  readonly pid: number;
  /** From the start of its process until everything answered. */
  readonly startMs: number;
  /** Ends the product's node; the rest goes on. */
  stopNode(): Promise<void>;
  stop(): Promise<void>;
}

/** A node of the benchmark's own. */
export interface BenchNode {
  readonly pid: number;
  readonly fhirBase: string;
  readonly tokenUrl: string;
  ask(request: NodeRequest): Promise<NodeReply>;
  stop(): Promise<void>;
}

/** Starts the system with the settings of `env`. */
export async function startSystem(env: Env): Promise<System> {
  const start = performance.now();
  const child = launch('./system.main.js', env);
  const ready = await replyOf<SystemReady>(child);
  return {
    ...ready,
    pid: child.pid ?? 0,
    startMs: performance.now() - start,
    stopNode: async () => {
      const done = replyOf(child);
      child.send('stop-node');
      await done;
    },
    stop: () => ended(child, () => child.send('stop')),
  };
}

/** Starts a node of the benchmark over the database and chain of a system. */
export async function startNode(system: System, variant: Variant, env: Env): Promise<BenchNode> {
  const child = launch('./node.main.js', { ...env, ...system.nodeEnv, PORT: '0', BENCH_VARIANT: variant });
  const ready = await replyOf<NodeReply>(child);
  if (ready.kind !== 'ready') throw new Error('the node did not say that it is ready');
  return {
    pid: ready.pid,
    fhirBase: ready.fhirBase,
    tokenUrl: ready.tokenUrl,
    ask: (request) => {
      const reply = replyOf<NodeReply>(child);
      child.send(request);
      return reply;
    },
    stop: () => ended(child, () => child.disconnect()),
  };
}

/** Logs go where nobody reads them, as they would go to a collector. */
function launch(script: string, env: Env): ChildProcess {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return fork(file, [], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' });
}

function replyOf<Reply>(child: ChildProcess): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const end = (code: number | null) => reject(new Error(`a process ended: ${String(code)}`));
    child.once('exit', end);
    child.once('message', (message: Reply) => {
      child.off('exit', end);
      resolve(message);
    });
  });
}

async function ended(child: ChildProcess, tell: () => void): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  tell();
  await exit;
}
