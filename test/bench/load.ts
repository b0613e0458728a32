import { Connection, type Head } from './connection.js';
import { percentile } from './statistics.js';

/** What one connection asks, one request after the other. */
export interface Lane {
  next(): Buffer;
  /** Throws where the answer is not the one that is measured. */
  answered(head: Head): void;
}

/** Work for any number of connections; the same lane for the same number, in each run. */
export type Work = (lane: number) => Lane;

/** What is asked for, again and again. */
export interface Load {
  /** `http://host:port`; the connections are spread over them. */
  readonly origins: readonly string[];
  readonly work: Work;
  readonly connections: number;
  readonly seconds: number;
}

/** What a load met. Milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly seconds: number;
}

/**
 * Asks over so many keep-alive connections, one request at a time on each.
 * @throws where an answer is not what the work expects
 */
export async function runLoad({ origins, work, connections, seconds: wanted }: Load): Promise<LoadResult> {
  const taken: number[] = [];
  const start = performance.now();
  const untilMs = start + wanted * 1_000;
  await Promise.all(
    Array.from({ length: connections }, async (_, at) => {
      const connection = await Connection.open(origins[at % origins.length] ?? '');
      try {
        await follow(connection, work(at), { untilMs, taken });
      } finally {
        connection.close();
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  return {
    requests: taken.length,
    perSecond: taken.length / seconds,
    p50Ms: percentile(taken, 0.5),
    p99Ms: percentile(taken, 0.99),
    seconds,
  };
}

async function follow(
  connection: Connection,
  lane: Lane,
  { untilMs, taken }: { readonly untilMs: number; readonly taken: number[] },
): Promise<void> {
  for (let now = performance.now(); now < untilMs;) {
    // oxlint-disable-next-line no-await-in-loop -- one request at a time on a connection
    lane.answered(await connection.ask(lane.next()));
    const answered = performance.now();
    taken.push(answered - now);
    now = answered;
  }
}
