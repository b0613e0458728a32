/**
 * `npm run bench`: reads and searches per second through the whole path, and with consent and seal left out; the commit path;
 * messages of HL7 v2 converted and taken in; start-up; memory; where the CPU time goes. Prints the tables; `--write` puts them into docs/bench.md.
 * `--quick`: one short run of each. `--only product,ingest,variants,profile,commits`: some parts. `--data DIR`: keeps the system's folder, and
 * uses it again.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bench } from './bench.js';
import { writeReport } from './report.js';
import { openWorld } from './world.js';

const PAGE = 'docs/bench.md';
const PARTS = 'product,ingest,variants,profile,commits';
const PACE = { warmUpS: 3, seconds: 5, runs: 3, messages: 3_000 };
const QUICK = { warmUpS: 1, seconds: 2, runs: 1, messages: 600 };
const SIZE = { granted: 100, hidden: 400, observations: 25 };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string', default: PARTS },
    data: { type: 'string' },
  },
});
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
};
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const world = await openWorld(env, dataDir, SIZE);
say(`started in ${Math.round(world.warmMs)} ms`);
const bench = new Bench({ world, env, pace: options.quick ? QUICK : PACE, say });
try {
  const results = await bench.run(options.only.split(','));
  const text = writeReport(results, SIZE, existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '');
  process.stdout.write(text);
  if (options.write) writeFileSync(PAGE, text);
} finally {
  await world.system.stop();
  if (options.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);
