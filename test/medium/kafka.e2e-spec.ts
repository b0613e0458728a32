import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { parsePolicy } from '#provenance';
import { kill } from '../e2e/processes.js';
import { System } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import { storedMessages } from '../faults/stored-messages.js';
import { Broker, brokerKit, USER } from './kafka/broker.js';
import { EventReader } from './kafka/event-reader.js';
import { TopicSender } from './kafka/topic-sender.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
/** Requests at a time of the long absence, three times: one event each. */
const AWAY_ASKED = 120;
/** Connections of the client that it gives up, each after all of its own tries. */
const GIVEN_UP = 5;
const ASKED_AT_ONCE = 10;
const ORIGIN = 'proviso.localhost/log/default';
const TOPICS = ['changes', 'access', 'consent'].map((kind) => `proviso.default.${kind}`);

jest.setTimeout(LIMIT_MS);

const kit = brokerKit();

(kit.kind === 'ready' ? describe : describe.skip)('a real Kafka', () => {
  const broker = new Broker(kit.kind === 'ready' ? kit.folder : '');
  let system: System;
  let reader: EventReader;

  beforeAll(async () => {
    await broker.start();
    system = new System({
      KAFKA_BROKERS: broker.secure,
      KAFKA_TLS: '1',
      KAFKA_TLS_CA_FILE: broker.caFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USER: USER,
      KAFKA_SASL_PASSWORD_FILE: broker.passwordFile,
      FOLLOWER_MAX_PAUSE_S: '1',
      FOLLOWER_MAX_LAG_S: '3',
      MONITOR_EVERY_S: '1',
      FOLLOWER_BATCH: '20',
      KAFKA_INTAKE_TOPIC: 'v2',
      KAFKA_INTAKE_REPLY_TOPIC: 'v2.answers',
    });
    await system.start();
    reader = new EventReader({
      kafka: broker.client('reader'),
      groupId: 'reader',
      topics: TOPICS,
      publisher: createPublicKey(readFileSync(system.file('keys/events.pem'))),
      origin: ORIGIN,
      policy: parsePolicy(readFileSync(system.file('policy.txt'), 'utf8')),
      logBase: () => `${system.origin}/log/default/`,
    });
    await everythingIsPublished();
    await reader.start();
  });

  afterAll(async () => {
    await reader?.stop();
    await system?.dispose();
    await broker.dispose();
  });

  const query = async (text: string): Promise<bigint> => {
    const client = new Client({ connectionString: system.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ n: string }>(text);
      return BigInt(rows[0]?.n ?? -1);
    } finally {
      await client.end();
    }
  };
  const position = () =>
    query(`select coalesce(max(position), 0) as n from proviso.follower_position where name = 'events'`);

  /** Records that are in the log now have been published. */
  async function everythingIsPublished(): Promise<void> {
    const size = await query('select size as n from proviso.log_head');
    await until('everything is published', SOON_MS, async () => (await position()) >= size);
  }

  /** Refusals about a person: each one an event of its own. */
  async function askTimes(count: number, person = 0): Promise<void> {
    const { patient } = system.person(person);
    for (let at = 0; at < count; at++) {
      const { status } = await system.fhir('demo-app', `/Observation?patient=${patient}`);
      expect(status).toBe(403);
    }
  }

  /** The same, many at once; gives how long they took. */
  async function askedInMs(count: number, person = 0): Promise<number> {
    const startMs = performance.now();
    for (let asked = 0; asked < count; asked += ASKED_AT_ONCE) {
      // oxlint-disable-next-line no-await-in-loop -- some at once, then the next
      await Promise.all(Array.from({ length: ASKED_AT_ONCE }, () => askTimes(1, person)));
    }
    return Math.round(performance.now() - startMs);
  }

  /** How often the publisher could not hand over what it had. */
  async function failures(): Promise<number> {
    const { text } = await system.ask('/metrics');
    return Number(/proviso_follower_failures_total\{follower="events"\} (\d+)/.exec(text)?.[1] ?? 0);
  }

  const refusals = () => reader.events.filter(({ kind }) => kind === 'access');
  const readAll = (count: number) =>
    until(`${count} accesses were read`, SOON_MS, () => {
      if (refusals().length >= count) return true;
      throw new Error(
        `${refusals().length} accesses; ${JSON.stringify(reader.counts)}; ${String(reader.fault)}`,
      );
    });

  /** Nothing twice, nothing refused, and each person's events in the order of the log. */
  function expectOrder(): void {
    const ids = reader.events.map(({ kind, id }) => `${kind} ${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(reader.counts).filter((name) => name !== 'taken' && name !== 'duplicate')).toEqual([]);
    for (const [, theirs] of Map.groupBy(reader.events, ({ kind, subject }) => `${kind} ${subject}`)) {
      const indexes = theirs.map(({ index }) => Number(index));
      expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    }
  }

  it('gets what the log says, by TLS and SCRAM, and a consumer verifies it against the log', async () => {
    await askTimes(4);
    await askTimes(4, 1);
    await readAll(8);
    expectOrder();
    expect(reader.events.some(({ kind }) => kind === 'changes')).toBe(true);
    expect(new Set(refusals().map(({ subject }) => subject)).size).toBe(2);
    const people = [0, 1].map((at) => system.person(at).patient);
    const around = reader.messages.map(({ key, headers }) => [key, ...Object.values(headers)].join(' '));
    const accesses = reader.messages.filter(({ topic }) => topic.endsWith('.access'));
    const within = accesses.map(({ value }) => Buffer.from(value).toString());
    expect([...around, ...within].filter((text) => people.some((patient) => text.includes(patient)))).toEqual(
      [],
    );
  });

  it('loses nothing and keeps the order when the broker is killed and comes back, and holds up nobody', async () => {
    const before = refusals().length;
    await askTimes(5);
    await broker.kill();
    await askTimes(5);
    await askTimes(5, 1);
    await until('the publisher failed meanwhile', SOON_MS, async () => {
      const { text } = await system.ask('/metrics');
      return /proviso_follower_failures_total\{follower="events"\} [1-9]/.test(text);
    });
    await broker.start();
    await readAll(before + 15);
    expectOrder();
    expect(refusals()).toHaveLength(before + 15);
  });

  it('publishes at least once when the node is killed, and each is taken once', async () => {
    const before = refusals().length;
    const asking = askTimes(12).catch(() => undefined);
    await until('it publishes', SOON_MS, () => refusals().length > before + 3);
    const { pid } = system.part('node') ?? { pid: 0 };
    kill(pid);
    await asking;
    await until('the node is back', SOON_MS, async () => {
      const found = system.part('node');
      return found !== undefined && found.pid !== pid && (await system.ask('/health/ready')).status === 200;
    });
    await askTimes(3);
    await everythingIsPublished();
    const logged = await query(
      `select count(*) as n from proviso.log_subject s join proviso.log_leaf l using (tenant, idx)
       where get_byte(l.entry, 3) = 1`,
    );
    await readAll(Number(logged));
    expectOrder();
    expect(BigInt(refusals().length)).toBe(logged);
  });

  it('catches up by itself after a broker that was away for longer than the client tries, and many writes', async () => {
    const before = refusals().length;
    const nearMs = await askedInMs(AWAY_ASKED);
    await broker.kill();
    const failed = await failures();
    const awayMs = await askedInMs(AWAY_ASKED);
    // each is a whole connection of the client, with its own tries, that was given up
    await until(
      'the client gave up again and again',
      SOON_MS,
      async () => (await failures()) >= failed + GIVEN_UP,
    );
    await until('a monitor tells of it', SOON_MS, async () => {
      const { text } = await system.ask('/metrics');
      return /proviso_incidents_total\{kind="follower-behind"\} [1-9]/.test(text);
    });
    await askedInMs(AWAY_ASKED, 1);
    await broker.start();
    await readAll(before + 3 * AWAY_ASKED);
    expectOrder();
    expect(refusals()).toHaveLength(before + 3 * AWAY_ASKED);
    process.stderr.write(`${AWAY_ASKED} asked in ${nearMs} ms, in ${awayMs} ms while the broker was away\n`);
  });

  it('takes messages from a topic, each once, though the node is killed, and answers them', async () => {
    const sender = new TopicSender(broker.client('sender'), 'v2');
    await sender.start('v2.answers');
    const ids = Array.from({ length: 60 }, (_, at) => `TOPIC${at}`);
    await sender.send(ids.slice(0, 30), 'lakeview');
    await until('some are answered', SOON_MS, () => {
      if (sender.answers.length > 5) return true;
      throw new Error(
        `${sender.letters.join()} ${system.stderr.slice(-1_500)} ${system.stdout.slice(-1_500)}`,
      );
    });
    kill(system.part('node')?.pid ?? 0);
    await sender.sendNothing('lakeview');
    await sender.send(ids.slice(30), 'lakeview');
    await sender.send(ids.slice(0, 3), 'lakeview');
    await sender.send(['TOPICSTRAY'], 'nobody');
    const answered = () => sender.answers.flatMap((text) => /MSA\|AA\|(\w+)/.exec(text)?.[1] ?? []);
    await until('all are answered', SOON_MS, () => new Set(answered()).size === ids.length);
    const letterOf = (reason: string) => sender.letters.find((text) => text.includes(`"${reason}"`)) ?? '';
    await until('what is not taken has its letters', SOON_MS, () =>
      ['unknown-source', 'unreadable'].every((reason) => letterOf(reason) !== ''),
    );
    await sender.stop();
    const { kept } = await storedMessages(system.databaseUrl, 'TOPIC');
    expect(kept.toSorted()).toEqual(ids.toSorted());
    const letter = letterOf('unknown-source');
    expect(JSON.parse(letter)).toMatchObject({ schema: 'proviso/dead/1', topic: 'v2' });
    expect(JSON.parse(letterOf('unreadable'))).toMatchObject({ source: 'lakeview', bytes: 0 });
    expect(letter).not.toContain('STRAY');
    await until('all are converted', SOON_MS, async () => {
      const { states } = await storedMessages(system.databaseUrl, 'TOPIC');
      return states['converted'] === ids.length;
    });
  });

  it('refuses what somebody else writes into a topic', async () => {
    const [genuine] = reader.messages.filter(({ topic }) => topic.endsWith('.access'));
    if (genuine === undefined) throw new Error('there is none');
    const producer = broker.client('intruder').producer();
    await producer.connect();
    const { topic, partition, key, headers } = genuine;
    const value = Buffer.from(
      Buffer.from(genuine.value).toString().replace('403', '200').replace('denied', 'allowed'),
    );
    await producer.send({ topic, messages: [{ key, value, partition, headers: { ...headers } }] });
    await producer.send({
      topic,
      messages: [{ key, value: Buffer.from(genuine.value), partition, headers: { ...headers } }],
    });
    await producer.disconnect();
    const duplicates = reader.counts['duplicate'] ?? 0;
    await until('both were met', SOON_MS, () => (reader.counts['duplicate'] ?? 0) > duplicates);
    expect(reader.counts['forged']).toBe(1);
  });
});
