import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { parsePolicy } from '#provenance';
import { Broker, brokerKit } from '../medium/kafka/broker.js';
import { EventReader } from '../medium/kafka/event-reader.js';
import type { System } from './children.js';
import { startLayout, type Processes } from './layouts.js';
import { usage } from './measure.js';

const MS_PER_S = 1_000;
const LOOK_MS = 50;
const LIMIT_MS = 300_000;
const FOLLOWER = 'events';
const INDEX = 'access-index';
const KINDS = ['changes', 'access', 'consent'];

/** What publishing and consuming did; or why there is no broker here. CPU time in microseconds. */
export type EventResult =
  | { readonly kind: 'missing'; readonly why: string }
  | {
      readonly kind: 'measured';
      /** Records that the publisher had before it, and the events that they gave. */
      readonly records: number;
      readonly events: number;
      readonly publishedPerSecond: number;
      readonly nodeUs: number;
      readonly databaseUs: number;
      readonly verifiedPerSecond: number;
      readonly consumerUs: number;
      readonly load: string;
    };

/** What the rates of events are measured with. */
export interface EventOptions {
  readonly system: System;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly databasePid: number;
  readonly load: () => string;
  /** Makes so many records, or a few more, while no publisher runs. */
  readonly makeRecords: (processes: Processes) => Promise<void>;
}

/** Records [from, size), and how often somebody asked about a person in them. */
interface Expected {
  readonly from: number;
  readonly size: number;
  readonly accesses: number;
}

/**
 * Publishes what a log holds to a real broker, and verifies it as an application would.
 * @throws where an event is refused, or comes not at all or twice
 */
export async function eventRate(options: EventOptions): Promise<EventResult> {
  const kit = brokerKit();
  if (kit.kind === 'missing') return kit;
  const broker = new Broker(kit.folder);
  const database = new Client({ connectionString: options.system.nodeEnv['DATABASE_URL'] ?? '' });
  await database.connect();
  try {
    const log = new LogPositions(database);
    const from = await log.size();
    await log.put(from);
    const before = await startLayout(options.system, 'one', options.env);
    await options.makeRecords(before);
    await log.reached(INDEX, await log.size());
    await before.stop();
    await broker.start();
    return await published(options, broker, { log, from });
  } finally {
    await database.end();
    await broker.dispose();
  }
}

async function published(
  { system, env, databasePid, load }: EventOptions,
  broker: Broker,
  { log, from }: { readonly log: LogPositions; readonly from: number },
): Promise<EventResult> {
  // the tails of an earlier run, whose broker is gone, are of other topics
  const prefix = `bench-${Date.now().toString(36)}`;
  const size = await log.size();
  const accesses = await log.accesses(from, size);
  const kafka = { KAFKA_BROKERS: broker.plain, KAFKA_TOPIC_PREFIX: prefix };
  const processes = await startLayout(system, 'one', { ...env, ...kafka });
  try {
    const pids = { nodePids: processes.pids, databasePid };
    const began = await log.passed(FOLLOWER, from);
    const [beganMs, before] = [performance.now(), usage(pids)];
    const ended = await log.reached(FOLLOWER, size);
    const [tookMs, after] = [performance.now() - beganMs, usage(pids)];
    const events = await eventsIn(broker, prefix);
    return {
      kind: 'measured',
      records: ended - from,
      events,
      publishedPerSecond: ((ended - began) / tookMs) * MS_PER_S,
      nodeUs: (after.node - before.node) / (ended - began),
      databaseUs: (after.database - before.database) / (ended - began),
      ...(await verified(system, broker, { processes, prefix, events, from, size, accesses })),
      load: load(),
    };
  } finally {
    await processes.stop();
  }
}

async function verified(
  { nodeEnv }: System,
  broker: Broker,
  of: Expected & { readonly processes: Processes; readonly prefix: string; readonly events: number },
) {
  const folder = nodeEnv['DATA_DIR'] ?? '.';
  const reader = new EventReader({
    kafka: broker.client('bench'),
    groupId: of.prefix,
    topics: topicsOf(of.prefix),
    publisher: createPublicKey(readFileSync(join(folder, 'keys/events.pem'))),
    origin: 'proviso.localhost/log/default',
    policy: parsePolicy(readFileSync(join(folder, 'policy.txt'), 'utf8')),
    logBase: () => `${of.processes.origins[0] ?? ''}/log/default/`,
  });
  await reader.start();
  const isFirst = () => reader.events.length > 0;
  await until(() => Promise.resolve(isFirst()));
  const [began, beganMs, before] = [reader.events.length, performance.now(), process.cpuUsage()];
  await until(() => Promise.resolve(reader.outcomes.length >= of.events));
  const tookMs = performance.now() - beganMs;
  const { user, system } = process.cpuUsage(before);
  await reader.stop();
  demandOnce(reader, of);
  const taken = reader.events.length - began;
  return { verifiedPerSecond: (taken / tookMs) * MS_PER_S, consumerUs: (user + system) / taken };
}

/** Each was taken, none twice, and of each access that the log has. */
function demandOnce({ events, counts }: EventReader, { from, size, accesses }: Expected): void {
  const distinct = new Set(events.map(({ kind, id }) => `${kind} ${id}`)).size;
  const taken = events.filter(
    ({ kind, index }) => kind === 'access' && Number(index) >= from && Number(index) < size,
  );
  const isOnce = counts['taken'] === distinct && Object.keys(counts).length === 1;
  if (!isOnce || taken.length !== accesses)
    throw new Error(`of ${accesses} accesses ${taken.length} were taken: ${JSON.stringify(counts)}`);
}

async function eventsIn(broker: Broker, prefix: string): Promise<number> {
  const admin = broker.client('bench').admin();
  await admin.connect();
  const offsets = await Promise.all(topicsOf(prefix).map((topic) => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  return offsets.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}

function topicsOf(prefix: string): readonly string[] {
  return KINDS.map((kind) => `${prefix}.default.${kind}`);
}

/** Sizes and positions, as numbers: no log of a benchmark outgrows them. */
class LogPositions {
  readonly #database: Client;

  constructor(database: Client) {
    this.#database = database;
  }

  size(): Promise<number> {
    return this.#number('select size::float8 as n from proviso.log_head', []);
  }

  /** How many events of accesses the records [from, to) give: one for each person. */
  accesses(from: number, to: number): Promise<number> {
    return this.#number(
      `select count(*)::float8 as n from proviso.log_subject s join proviso.log_leaf l using (tenant, idx)
       where idx >= $1 and idx < $2 and get_byte(l.entry, 3) = 1`,
      [from, to],
    );
  }

  /** Puts the publisher behind so many records, as docs/audit-events.md does with the index. */
  async put(position: number): Promise<void> {
    await this.#database.query(
      `insert into proviso.follower_position values ('default', $1, $2)
       on conflict (tenant, name) do update set position = excluded.position`,
      [FOLLOWER, position],
    );
  }

  /** Resolves when a follower has handled something beyond a position; gives where it is. */
  passed(follower: string, position: number): Promise<number> {
    return this.reached(follower, position + 1);
  }

  /** Resolves when a follower is that far; gives where it is. */
  async reached(follower: string, position: number): Promise<number> {
    let at = 0;
    await until(async () => {
      const text = 'select position::float8 as n from proviso.follower_position where name = $1';
      at = await this.#number(text, [follower]);
      return at >= position;
    });
    return at;
  }

  async #number(text: string, values: readonly unknown[]): Promise<number> {
    const { rows } = await this.#database.query<{ n: number }>(text, [...values]);
    return rows[0]?.n ?? 0;
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  // oxlint-disable no-await-in-loop -- one look after the other
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error('it took too long');
    await sleep(LOOK_MS);
  }
  // oxlint-enable no-await-in-loop
}
