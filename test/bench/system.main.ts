/**
 * The system under load, in a process of its own: the product's supervisor with all that it starts. Told by messages what to
 * do, and answers by messages.
 */
import { loadConfig } from '#config';
import { launch } from '../../apps/standalone/src/launch.js';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';

/** What the parent is told when everything answers. */
export interface SystemReady {
  readonly kind: 'ready';
  readonly ready: ReadyFile;
  readonly nodePid: number;
  /** Settings of a further node over the same database and chain. */
  readonly nodeEnv: Readonly<Record<string, string>>;
}

// oxlint-disable-next-line node/no-process-env -- a main
const { env } = process;
const log = (line: string) => void process.stderr.write(`${line}\n`);
const { supervisor, running, ready, stop } = await launch({ env, log });
const loaded = loadConfig(env);
if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
const { config } = loaded;

process.on('message', (message) => {
  if (message === 'stop-node') void supervisor.stopNode().then(() => process.send?.({ kind: 'done' }));
  if (message === 'stop') void stop().then(() => process.exit(0));
});
process.once('disconnect', () => void stop().then(() => process.exit(0)));
process.send?.({
  kind: 'ready',
  ready,
  nodePid: supervisor.nodePid ?? 0,
  nodeEnv: {
    DATA_DIR: config.DATA_DIR,
    DATABASE_URL: running.database.url,
    SOURCES_FILE: running.vendor.profileFile,
    ...running.chain.env,
  },
} satisfies SystemReady);
