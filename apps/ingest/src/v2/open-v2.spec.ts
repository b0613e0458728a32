import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { Registry } from 'prom-client';
import { frameOf, type MllpAddress, type MllpServerOptions } from '#ehr';
import { MllpClient } from '../../../../libs/ehr/src/testing/mllp-client.js';
import { GatewayError } from '#outcome';
import { Intake, openPool, SourceLead, SqlInbox, SqlInboxQueue, SqlSourceContacts } from '#store';
import { RawSender } from '../../../../libs/ehr/src/testing/mllp-senders.js';
import { BreakablePool } from '../../../../libs/store/src/testing/breakable-pool.js';
import { LogScene } from '../../../../libs/store/src/testing/log-scene.js';
import { openV2, type V2Event, type V2Intake } from './open-v2.js';
import { convertHere, acksIn, makeMessage, makeProfile } from './testing/messages.js';

const LIMIT_MS = 90_000;
const MIB = 1_048_576;
const LISTENER: Omit<MllpServerOptions, 'handler' | 'observe'> = {
  host: '127.0.0.1',
  port: 0,
  frames: { frameBytes: MIB, strayBytes: 4_096 },
  times: { idleMs: 60_000, frameMs: 5_000, lingerMs: 200 },
  memory: { ownBytes: 65_536, sharedBytes: 4 * MIB },
  connections: 256,
  connectionsPerAddress: 256,
};

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One process that takes messages. */
interface Replica {
  readonly v2: V2Intake;
  readonly inbox: SqlInbox;
  readonly address: MllpAddress;
  readonly metrics: Registry;
  readonly events: readonly V2Event[];
}

/** What differs from the usual. */
interface ReplicaWish {
  readonly inboxPool?: Pool;
  readonly accept?: Intake['accept'];
  readonly clock?: () => number;
  readonly frameMs?: number;
}

const counted = (names: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
const states = async (inbox: SqlInbox) =>
  counted((await inbox.list({ limit: 1_000 })).map(({ state }) => state));

const isConverted = (inbox: SqlInbox) => async () => (await states(inbox))['received'] === undefined;
const withoutEnd = (bytes: Uint8Array) => bytes.filter((byte) => byte !== 0x1c);

describe('the intake of HL7 v2', () => {
  let scene: LogScene;
  let intake: Intake;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    scene = await LogScene.make();
    intake = new Intake({
      tenant: 'default',
      mac: scene.mac,
      pool: scene.database.pool,
      log: await scene.start(),
      clock: Date.now,
      random: randomBytes,
      strongSystems: [],
    });
  }, 120_000);
  beforeEach(() => scene.database.admin('truncate inbox'));
  afterEach(() => Promise.all(replicas.splice(0).map(({ v2 }) => v2.stop(1_000))));
  afterAll(() => scene.end());

  /** A process that takes messages; what is given differs from the usual. */
  async function open({
    inboxPool = scene.database.pool,
    accept = intake.accept.bind(intake),
    clock = Date.now,
    frameMs = LISTENER.times.frameMs,
  }: ReplicaWish = {}): Promise<Replica> {
    const { pool } = scene.database;
    const context = { tenant: 'default', mac: scene.mac };
    const inbox = new SqlInbox({ ...context, pool: inboxPool, clock: Date.now, random: randomBytes });
    const metrics = new Registry();
    const events: V2Event[] = [];
    const v2 = openV2({
      profiles: [makeProfile('lakeview'), makeProfile('hillside')],
      listener: { ...LISTENER, times: { ...LISTENER.times, frameMs } },
      inbox,
      queue: new SqlInboxQueue(pool, context),
      lead: new SourceLead(pool, 'default'),
      contacts: new SqlSourceContacts(pool, 'default'),
      sink: { accept },
      normalise: convertHere,
      metrics,
      clock,
      answering: () => ({
        application: 'PROVISO',
        facility: 'TEST',
        id: randomBytes(8).toString('hex'),
        timeMs: Date.now(),
      }),
      report: (event) => events.push(event),
    });
    const replica = { v2, inbox, address: await v2.start(), metrics, events };
    replicas.push(replica);
    return replica;
  }
  const connect = ({ address: { host, port } }: Replica) => MllpClient.connect({ host, port });

  it('takes messages, answers when they are kept, and makes resources of them', async () => {
    const replica = await open();
    const client = await connect(replica);
    const messages = Array.from({ length: 40 }, (_, at) => makeMessage({ patient: `A${at % 10}` }));
    const answers = await Promise.all(messages.map((message) => client.send(message)));
    expect(answers.map((answer) => acksIn(answer)[0]?.slice(0, 2))).toEqual(messages.map(() => 'AA'));
    await until(isConverted(replica.inbox));
    expect(await states(replica.inbox)).toEqual({ converted: 40 });
    const { rows } = await scene.database.pool.query(
      `select count(distinct id)::int as patients from resource_version where type = 'Patient' and source = 'lakeview'`,
    );
    expect(rows).toEqual([{ patients: 10 }]);
    const [entry] = await replica.inbox.list({ limit: 1 });
    expect(entry).toMatchObject({ attempts: 1, isIntact: true });
    expect(entry?.recordId).toMatch(/^[0-9a-f-]{36}$/);
    await client.close();
  });

  it('lists what cannot be converted yet, and fails what is not there', async () => {
    const replica = await open();
    const client = await connect(replica);
    await client.send(makeMessage({ type: 'ZZZ^Z01' }));
    await until(isConverted(replica.inbox));
    expect(await states(replica.inbox)).toEqual({ unsupported: 1 });
    await client.close();
  });

  it('converts messages that two processes take once each, every patient in order', async () => {
    const seen: string[] = [];
    const accept: typeof intake.accept = async (permit, delivery) => {
      const accepted = await intake.accept(permit, delivery);
      seen.push(delivery.inbox?.id ?? '');
      return accepted;
    };
    const [one, two] = [await open({ accept }), await open({ accept })];
    const [first, second] = [await connect(one), await connect(two)];
    const sent = Array.from({ length: 60 }, (_, at) =>
      (at % 2 === 0 ? first : second).send(
        makeMessage({ patient: `B${at % 3}`, application: at % 4 < 2 ? 'LAKEVIEW' : 'HILLSIDE' }),
      ),
    );
    await Promise.all(sent);
    await until(isConverted(one.inbox));
    expect(await states(one.inbox)).toEqual({ converted: 60 });
    const kept = await one.inbox.list({ limit: 100 });
    expect(counted(kept.map(({ source }) => source))).toEqual({ hillside: 30, lakeview: 30 });
    expect(new Set(seen).size).toBe(60);
    const { rows } = await scene.database.admin(
      `select id, keys[1] || source as lane from inbox order by seq`,
    );
    const place = new Map(seen.map((id, at) => [id, at]));
    for (const lane of new Set(rows.map((row) => row.lane))) {
      const order = rows.filter((row) => row.lane === lane).map(({ id }) => place.get(id) ?? -1);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
    for (const client of [first, second]) await client.close();
  });

  it('takes over what another process left when it ends', async () => {
    const gate = Promise.withResolvers<never>();
    gate.promise.catch(() => undefined);
    const stuck = await open({ accept: () => gate.promise });
    const client = await connect(stuck);
    await client.send(makeMessage());
    const other = await open();
    gate.reject(new Error('Connection terminated unexpectedly'));
    await stuck.v2.stop(100);
    await until(isConverted(other.inbox));
    expect(await states(other.inbox)).toEqual({ converted: 1 });
    await client.close();
  });

  it('gives the stored answer to a sender that lost the first one', async () => {
    const replica = await open();
    const message = makeMessage({ controlId: 'lost' });
    const cut = await RawSender.connect(replica.address.port);
    await cut.write(frameOf(message));
    cut.cut();
    await until(async () => (await replica.inbox.list({ limit: 1 })).length === 1);
    const [kept] = await replica.inbox.list({ limit: 1 });
    const client = await connect(replica);
    const answer = await client.send(message);
    const stored = (await replica.inbox.show(kept?.id ?? '')).answer;
    expect(Buffer.from(answer)).toEqual(Buffer.from(stored));
    await until(isConverted(replica.inbox));
    expect(await states(replica.inbox)).toEqual({ converted: 1 });
    await client.close();
  });

  it('answers AE where the database goes away, before or after the insert, and keeps the message once', async () => {
    const broken = new BreakablePool(scene.database);
    const replica = await open({ inboxPool: broken.pool });
    const client = await connect(replica);
    for (const reach of ['before', 'after'] as const) {
      const message = makeMessage({ controlId: reach });
      broken.breakAt('insert inbox', reach);
      expect(acksIn(await client.send(message))).toEqual([`AE ${reach}`]);
      expect(acksIn(await client.send(message))).toEqual([`AA ${reach}`]);
    }
    expect(await replica.inbox.list({ limit: 10 })).toHaveLength(2);
    await client.close();
    await replica.v2.stop(1_000);
    await broken.pool.end();
  });

  it('leaves a row alone that somebody put into the database', async () => {
    const replica = await open();
    const client = await connect(replica);
    await client.send(makeMessage());
    await until(isConverted(replica.inbox));
    await scene.database.admin(
      `insert into inbox select tenant, gen_random_uuid(), source, dialect, received, '\\x01', bytes, 'received',
         null, null, seq + 1000, sender, control_id, message, keys, answer, attempts, issues, mac from inbox`,
    );
    await until(() =>
      replica.events.some((event) => event.kind === 'trouble' && event.trouble.kind === 'altered'),
    );
    await client.send(makeMessage());
    await until(async () => (await states(replica.inbox))['converted'] === 2);
    expect(await states(replica.inbox)).toEqual({ converted: 2, received: 1 });
    await client.close();
  });

  it('serves other senders while some send garbage, slowly, too much, cut short, or in other character sets', async () => {
    const replica = await open({ frameMs: 500 });
    const { port } = replica.address;
    const message = makeMessage();
    const sent: readonly Uint8Array[] = [
      randomBytes(5_000),
      frameOf(withoutEnd(randomBytes(5_000))),
      frameOf(message).subarray(0, 50),
      Buffer.concat([Buffer.of(0x0b), Buffer.alloc(2 * MIB, 'x')]),
      frameOf(makeMessage({ family: 'Ærø', charset: 'UNICODE UTF-8' })),
      frameOf(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), makeMessage()])),
      frameOf(withoutEnd(Buffer.from(makeMessage().toString('latin1'), 'utf16le'))),
      frameOf(message.subarray(0, 30)),
    ];
    const bad = await Promise.all(sent.map(() => RawSender.connect(port)));
    await Promise.all(bad.map((sender, at) => sender.write(sent[at] ?? Buffer.alloc(0))));
    const client = await connect(replica);
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.send(makeMessage())));
    expect(answers.every((answer) => acksIn(answer)[0]?.startsWith('AA'))).toBe(true);
    for (const sender of bad) await sender.answered(1);
    const codes = bad.map(({ answers: [first] }) => acksIn(first ?? '')[0]?.slice(0, 2));
    expect(codes.slice(1, 6)).toEqual(['AR', 'AE', 'AR', 'AA', 'AA']);
    expect(codes[7]).toBe('AR');
    await until(isConverted(replica.inbox));
    for (const sender of bad) sender.cut();
    await client.close();
  });

  it('names a sender as down that has been silent, and no longer once it speaks', async () => {
    let nowMs = Date.now();
    const longerMs = 61_000;
    const replica = await open({ clock: () => nowMs });
    expect(replica.v2.silent()).toEqual([]);
    nowMs += longerMs;
    expect(replica.v2.silent()).toEqual(['lakeview', 'hillside']);
    const client = await connect(replica);
    await client.send(makeMessage());
    expect(replica.v2.silent()).toEqual(['hillside']);
    nowMs += longerMs;
    expect(replica.v2.silent()).toEqual(['hillside']);
    await client.close();
    await until(() => {
      // that the connection ended is seen a moment later, as of then
      nowMs += longerMs;
      return replica.v2.silent().includes('lakeview');
    });
  });

  it('keeps many messages with one commit', async () => {
    // Nothing is converted meanwhile.
    const gate = Promise.withResolvers<never>();
    gate.promise.catch(() => undefined);
    const inboxPool = openPool({ url: scene.database.url, tenant: 'default', max: 4 });
    let inserts = 0;
    inboxPool.on('connect', (client) => countInserts(client, () => (inserts += 1)));
    const replica = await open({ inboxPool, accept: () => gate.promise });
    const clients = await Promise.all(Array.from({ length: 32 }, () => connect(replica)));
    const each = 30;
    await Promise.all(
      clients.map(async (client) => {
        for (let sent = 0; sent < each; sent += 1) await client.send(makeMessage());
      }),
    );
    const messages = clients.length * each;
    expect(await states(replica.inbox)).toEqual({ received: messages });
    process.stderr.write(`inbox: ${messages} messages kept with ${inserts} inserts\n`);
    expect(inserts).toBeLessThan(messages / 2);
    for (const client of clients) await client.close();
    gate.reject(new GatewayError('seal-unavailable'));
    await replica.v2.stop(1_000);
    await inboxPool.end();
  });
});

/** Calls `met` at each insert into the inbox. */
function countInserts(client: ClientBase, met: () => void): void {
  const query: unknown = Reflect.get(client, 'query');
  if (typeof query !== 'function') throw new TypeError('a client has no query');
  Reflect.set(client, 'query', (...args: readonly unknown[]) => {
    const [first] = args;
    if (typeof first === 'object' && first !== null && 'name' in first && first.name === 'insert inbox')
      met();
    return Reflect.apply(query, client, args);
  });
}
