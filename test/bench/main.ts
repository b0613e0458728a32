/**
 * `npm run bench`: reads and searches per second through the whole path, and with consent and seal left out; the commit path;
 * messages of HL7 v2 converted and taken in; start-up; memory; where the CPU time goes; two replicas against one process; notices;
 * writes; events. Prints the tables; `--write` puts them into docs/bench.md. `--quick`: one short run of each.
 * `--only product,ingest,variants,profile,commits,replicas,notices,writes,events,soak`: some parts, and never with `--write`, which makes
 * the whole page anew. `--soak MINUTES`: the soak too, which is left out otherwise. `--data DIR`: keeps the system's folder, and uses it again.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench } from './bench.js';
import { writeReport } from './report.js';
import { openWorld } from './world.js';

const PAGE = 'docs/bench.md';
const PARTS = 'product,ingest,variants,profile,commits,replicas,notices,writes,events';
const SOAK = 'soak';
const SOAK_MINUTES = 10;
/** A token lives for an hour. */
const SOAK_MAX_MINUTES = 45;
const PACE = { warmUpS: 3, seconds: 5, runs: 3, messages: 3_000, accesses: 300, records: 20_000 };
const QUICK = { warmUpS: 1, seconds: 2, runs: 1, messages: 600, accesses: 30, records: 2_000 };
// as many who are written about as there are connections: what two writes about one person cost each other is another matter
const SIZE = { granted: 100, written: 64, hidden: 336, observations: 25 };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    soak: { type: 'string' },
    data: { type: 'string' },
  },
});
const parts = partsOf(options);
const soakMinutes = Number(options.soak ?? SOAK_MINUTES);
if (!(soakMinutes > 0 && soakMinutes <= SOAK_MAX_MINUTES))
  refuse(`--soak takes minutes, ${SOAK_MAX_MINUTES} at most`);
const dataDir = options.data ?? mkdtempSync(join(tmpdir(), 'proviso-bench-'));
mkdirSync(dataDir, { recursive: true });
// the database's account must pass through here
chmodSync(dataDir, 0o755);
const env = {
  // oxlint-disable-next-line node/no-process-env -- a main; settings may be given
  ...process.env,
  DATA_DIR: dataDir,
  PORT: '0',
  ACCESS_TOKEN_TTL_S: '3600',
  // the same for each node that is compared
  LOG_LEVEL: 'warn',
  // of the stand-in vendor: its own limit is not what is measured
  RATE_PER_MINUTE: '10000000',
};
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const world = await openWorld(env, dataDir, SIZE);
say(`started in ${Math.round(world.warmMs)} ms`);
const bench = new Bench({ world, env, pace: options.quick ? QUICK : PACE, soakMinutes, say });
try {
  const results = await bench.run(parts);
  const text = writeReport(results, SIZE, existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '');
  process.stdout.write(text);
  if (options.write) writeFileSync(PAGE, text);
} finally {
  await world.system.stop();
  if (options.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);

/** What is to be run. */
function partsOf({ only, soak, write }: { only?: string; soak?: string; write: boolean }): readonly string[] {
  if (only !== undefined && write) refuse('--write makes the whole page anew: not with --only');
  const known = [...PARTS.split(','), SOAK];
  const wanted = (only ?? PARTS).split(',');
  const unknown = wanted.filter((part) => !known.includes(part));
  if (unknown.length > 0) refuse(`no part ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return soak === undefined || wanted.includes(SOAK) ? wanted : [...wanted, SOAK];
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
