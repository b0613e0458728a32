import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { MllpAddress } from '../../apps/standalone/src/lakeview-part.js';
import { MllpLink } from '../../apps/demo-ehr/src/lakeview/mllp-link.js';
import { cpuUs, treeCpuUs } from './processes.js';
import { percentile } from './statistics.js';
import { benchLetters } from './v2-letters.js';

const MS_PER_S = 1_000;
const LOOK_MS = 200;
const LIMIT_MS = 300_000;
const PEOPLE = 500;

/** A running node that takes messages. */
export interface IngestTarget {
  readonly mllp: MllpAddress;
  readonly databaseUrl: string;
  readonly nodePid: number;
  readonly databasePid: number;
}

/** What the intake did: rates per second, times in ms, CPU time per message in microseconds. */
export interface IngestResult {
  readonly connections: number;
  readonly messages: number;
  /** Acknowledged: the bytes are durable. */
  readonly takenPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Versions, index, Provenance and log record are durable: over the time from the first message to the last of these. */
  readonly convertedPerSecond: number;
  readonly nodeUs: number;
  readonly databaseUs: number;
  /** Versions, and index rows, that a message left, on average. */
  readonly versions: number;
  readonly indexRows: number;
}

const INDEX_TABLES = ['token', 'string', 'reference', 'date', 'number', 'quantity', 'uri'];

/** Sends messages over so many connections, each its next one when the one before is answered, until all are converted. */
export async function ingestRate(
  target: IngestTarget,
  wish: { readonly run: string; readonly connections: number; readonly messages: number },
): Promise<IngestResult> {
  const letters = benchLetters(wish.run, wish.messages, PEOPLE);
  const rowsBefore = await rowsOf(target.databaseUrl);
  const before = usage(target);
  const startMs = performance.now();
  const taken = await sendAll(target.mllp, letters, wish.connections);
  const takenS = (performance.now() - startMs) / MS_PER_S;
  await convertedAll(target.databaseUrl, wish);
  const convertedS = (performance.now() - startMs) / MS_PER_S;
  const after = usage(target);
  const rows = await rowsOf(target.databaseUrl);
  return {
    connections: wish.connections,
    messages: wish.messages,
    takenPerSecond: wish.messages / takenS,
    p50Ms: percentile(taken, 0.5),
    p99Ms: percentile(taken, 0.99),
    convertedPerSecond: wish.messages / convertedS,
    nodeUs: (after.node - before.node) / wish.messages,
    databaseUs: (after.database - before.database) / wish.messages,
    versions: (rows.versions - rowsBefore.versions) / wish.messages,
    indexRows: (rows.indexRows - rowsBefore.indexRows) / wish.messages,
  };
}

async function rowsOf(
  databaseUrl: string,
): Promise<{ readonly versions: number; readonly indexRows: number }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const index = INDEX_TABLES.map((kind) => `(select count(*) from proviso.index_${kind})`).join(' + ');
    const { rows } = await client.query<{ versions: number; index_rows: number }>(
      `select (select count(*) from proviso.resource_version)::float8 versions, (${index})::float8 index_rows`,
    );
    return { versions: rows[0]?.versions ?? 0, indexRows: rows[0]?.index_rows ?? 0 };
  } finally {
    await client.end();
  }
}

/** Resolves when every letter is acknowledged, with the milliseconds that each took. */
async function sendAll(
  { host, port }: MllpAddress,
  letters: ReturnType<typeof benchLetters>,
  connections: number,
): Promise<readonly number[]> {
  const taken: number[] = [];
  const links = await new Promise<readonly MllpLink[]>((resolve, reject) => {
    const open = Array.from({ length: connections }, (_, lane) => {
      let lastMs = performance.now();
      const link = new MllpLink({
        host,
        port,
        settled: ({ controlId }, { code }) => {
          if (code !== 'AA') reject(new Error(`${controlId} was answered with ${code}`));
          const nowMs = performance.now();
          taken.push(nowMs - lastMs);
          lastMs = nowMs;
          if (taken.length === letters.length) resolve(open);
        },
      });
      for (let at = lane; at < letters.length; at += connections) {
        const letter = letters[at];
        if (letter !== undefined) link.post(letter);
      }
      return link;
    });
    for (const link of open) link.up();
  });
  for (const link of links) link.down();
  return taken;
}

/** Resolves when no message of a run waits; throws where one could not be converted. */
async function convertedAll(
  databaseUrl: string,
  { run, messages }: { readonly run: string; readonly messages: number },
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const endMs = performance.now() + LIMIT_MS;
  try {
    for (;;) {
      // oxlint-disable no-await-in-loop -- one look after the other
      const { rows } = await client.query<{ state: string; count: string }>({
        text: `select state, count(*) from proviso.inbox where control_id like $1 || '%' group by state`,
        values: [run],
      });
      const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
      if (counts.get('converted') === messages) return;
      const left = counts.get('received') ?? 0;
      if (left === 0 || performance.now() > endMs)
        throw new Error(`not all messages were converted: ${JSON.stringify(Object.fromEntries(counts))}`);
      await sleep(LOOK_MS);
      // oxlint-enable no-await-in-loop
    }
  } finally {
    await client.end();
  }
}

function usage({ nodePid, databasePid }: IngestTarget) {
  return { node: cpuUs(nodePid), database: databasePid === 0 ? 0 : treeCpuUs(databasePid) };
}
