import { readdirSync, readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import {
  type FollowerUnderTest,
  shouldBehaveLikeFollower,
} from '../../provenance/src/testing/follower.contract.js';
import { checkEvent } from './check-event.js';
import { EVENT_KINDS, eventSchema, topicOf, type ChangeEvent, type EventMessage } from './event.js';
import { EventConsumer, type EventPlace, type EventSink } from './event-consumer.js';
import { EventPublisher, type EventWire } from './event-publisher.js';
import { LoggedLeaves } from './logged-leaves.js';
import { EVENTS_KEY, EventScene, NAMES, ORIGIN, POLICY, TRUST, type Told } from './testing/event-scene.js';
import { MemoryPublisherState, MemoryWire } from './testing/memory-wire.js';
import { HEADER, writeEvent } from './write-event.js';

const SCHEMAS = new URL('../schemas/', import.meta.url);

const intake = (person: string | null, ...resources: string[]): Told => ({
  class: 8,
  about: [{ person, resources }],
});
const read = (person: string, outcome = 'permit'): Told => ({
  class: 1,
  interaction: 'read',
  outcome,
  about: [{ person, resources: [] }],
});

/** Keeps what it takes, and its position, as a consumer's database would. */
class Kept implements EventSink {
  readonly events: ChangeEvent[] = [];
  readonly positions = new Map<string, string>();

  position({ topic, partition }: EventPlace): Promise<string | undefined> {
    return Promise.resolve(this.positions.get(`${topic}/${partition}`));
  }

  take(event: ChangeEvent, { topic, partition }: EventPlace): Promise<void> {
    this.events.push(event);
    this.positions.set(`${topic}/${partition}`, event.id);
    return Promise.resolve();
  }
}

/** A log, a publisher of it, and a consumer of what was published. */
class Scene {
  readonly log = new EventScene();
  readonly wire = new MemoryWire();
  readonly state = new MemoryPublisherState();
  readonly kept = new Kept();
  readonly publisher = this.makePublisher();

  makePublisher(wire: EventWire = this.wire): EventPublisher {
    const { state } = this;
    const options = { name: 'events', prefix: 'proviso', tenant: 'default', key: EVENTS_KEY };
    return new EventPublisher({ ...options, wire, state, names: NAMES });
  }

  async publish(...told: readonly Told[]): Promise<readonly EventMessage[]> {
    const before = this.wire.messages.length;
    for (const each of told) this.log.tell(each);
    await this.publisher.handle(this.log.records.slice(Number(this.state.at)));
    return this.wire.messages.slice(before);
  }

  consumer(mayBeginLate = false): EventConsumer {
    const leaves = new LoggedLeaves({ fetch: this.log.fetch, origin: ORIGIN, policy: POLICY, waitMs: 0 });
    return new EventConsumer({ trust: TRUST, leaves, sink: this.kept, mayBeginLate });
  }
}

function shown({ topic, value }: EventMessage) {
  const { subject, interaction, outcome, resources, erased } = eventSchema.parse(
    JSON.parse(value.toString()),
  );
  return { kind: topic.split('.')[2], subject, interaction, outcome, resources, erased };
}

/** A message whose value was changed; signed by whoever is given. */
function changed(message: EventMessage, change: object, signed = true): EventMessage {
  const event = eventSchema.parse({ ...JSON.parse(message.value.toString()), ...change });
  const { topic, partition } = message;
  if (signed) return writeEvent(event, { topic, partition, after: event.after, key: EVENTS_KEY });
  return { ...message, value: Buffer.from(JSON.stringify(event)) };
}

/** The last of these records, its sub-entry's key destroyed. */
function erasedLast(told: readonly Told[]) {
  const log = new EventScene();
  return one(told.map((each, at) => log.tell(each, at === told.length - 1 ? [0] : [])).slice(-1));
}

function one<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('there is none');
  return first;
}

describe('events', () => {
  it('tell of written versions, accesses and consents, each in its topic, about one person each', async () => {
    const scene = new Scene();
    const messages = await scene.publish(
      { class: 8, about: ['ann', 'bob'].map((person) => ({ person, resources: ['Observation/o1/v1'] })) },
      read('ann'),
      read('ann', 'consent-denied'),
      { ...read('ann'), interaction: 'consent-grant' },
      { ...intake('ann', 'Observation/o1/v2'), class: 1, interaction: 'update' },
      intake(null, 'Practitioner/p1/v1'),
    );
    const resources = [{ type: 'Observation', id: 'o1', versionId: 'v1' }];
    const [ann, bob] = ['key-of-ann', 'key-of-bob'];
    const said = { interaction: 'intake', outcome: 'success', resources, erased: false };
    const access = { kind: 'access', subject: ann, interaction: 'read', resources: null, erased: false };
    expect(messages.map(shown)).toEqual([
      { ...said, kind: 'changes', subject: ann },
      { ...said, kind: 'changes', subject: bob },
      { ...access, outcome: 'permit' },
      { ...access, outcome: 'consent-denied' },
      { ...access, kind: 'consent', interaction: 'consent-grant', outcome: 'permit' },
      {
        ...said,
        kind: 'changes',
        subject: ann,
        interaction: 'update',
        resources: [{ type: 'Observation', id: 'o1', versionId: 'v2' }],
      },
      {
        ...said,
        kind: 'changes',
        subject: null,
        resources: [{ type: 'Practitioner', id: 'p1', versionId: 'v1' }],
      },
    ]);
  });

  it('are not made of records about nobody, of empty deliveries and of other classes', async () => {
    const scene = new Scene();
    const nobody = { ...read('ann'), about: [{ person: null, resources: [] }] };
    expect(await scene.publish(intake('ann'), nobody, { ...read('ann'), class: 3 })).toEqual([]);
    expect(await scene.publish({ ...read('ann'), class: 99 })).toEqual([]);
    expect(scene.state.at).toBe(4n);
  });

  it('say that it was erased, and nothing else, where the key was destroyed', async () => {
    const scene = new Scene();
    scene.log.tell(intake('ann', 'Observation/o1/v1'), [0]);
    const [message] = await scene.publish();
    expect(shown(one([message].filter((each) => each !== undefined)))).toMatchObject({
      kind: 'changes',
      subject: null,
      resources: null,
      erased: true,
    });
    expect(message?.key).toBe('nobody');
    expect(checkEvent(one(scene.wire.messages), TRUST).kind).toBe('genuine');
  });

  it('hold no person, patient or actor in key, headers or value', async () => {
    const scene = new Scene();
    const messages = await scene.publish(intake('ann', 'Observation/o1/v1'), read('ann'));
    for (const { key, headers, value } of messages) {
      const text = [key, ...Object.values(headers), value.toString()].join(' ');
      const opened = eventSchema
        .parse(JSON.parse(value.toString()))
        .proof.openings.map(({ bytes }) => Buffer.from(bytes, 'base64').toString());
      expect(`${text} ${opened.join(' ')}`).not.toMatch(/"ann"|app-1/);
      expect(opened.join()).not.toContain('subjectSeq');
    }
  });

  it('leave out the names of resources where there are too many for a message', async () => {
    const scene = new Scene();
    const many = Array.from({ length: 9_000 }, (_, at) => `Observation/${'o'.repeat(30)}${at}/v1`);
    const [message] = await scene.publish(intake('ann', ...many));
    expect(message?.value.length).toBeLessThan(10_000);
    expect(message === undefined ? undefined : checkEvent(message, TRUST)).toMatchObject({
      kind: 'genuine',
      event: { resources: null, erased: false },
    });
  });
});

describe('EventPublisher', () => {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the scene of this suite
  const make = async (): Promise<FollowerUnderTest> => {
    const scene = new Scene();
    scene.log.tell(read('ann'));
    scene.log.tell({ ...read('bob'), class: 99 });
    scene.log.tell(intake('ann', 'Observation/o1/v1'), [0]);
    scene.log.tell(intake('bob', 'Observation/o2/v1'));
    scene.log.tell(read('bob'));
    await Promise.resolve();
    return {
      follower: scene.publisher,
      again: () => scene.makePublisher(),
      records: (count) => Promise.resolve(scene.log.records.slice(0, count)),
      effects: () => Promise.resolve(scene.wire.messages),
      dieBeforeTheEnd: () => scene.state.loseNext(),
    };
  };
  shouldBehaveLikeFollower(make, { once: false });

  it('loses nothing and keeps the order where the broker goes away in the middle', async () => {
    const scene = new Scene();
    const told = Array.from({ length: 12 }, (_, at) => intake(`p${at % 4}`, `Observation/o${at}/v1`));
    for (const each of told) scene.log.tell(each);
    scene.wire.failAfter(5);
    await expect(scene.publisher.handle(scene.log.records)).rejects.toMatchObject({
      code: 'source-unavailable',
    });
    await scene.publisher.handle(scene.log.records);
    const consumer = scene.consumer();
    const kinds = [];
    for (const message of scene.wire.messages) kinds.push((await consumer.consume(message)).kind);
    expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(12);
    expect(kinds.filter((kind) => kind === 'duplicate')).toHaveLength(5);
    for (const person of ['p0', 'p1', 'p2', 'p3']) {
      const theirs = scene.kept.events.filter(({ subject }) => subject === `key-of-${person}`);
      expect(theirs.map(({ index }) => Number(index))).toEqual(
        theirs.map(({ index }) => Number(index)).toSorted((a, b) => a - b),
      );
    }
  });

  it('signs nothing where another publisher went on while it waited for the broker', async () => {
    const scene = new Scene();
    for (const person of ['ann', 'ann']) scene.log.tell(read(person));
    const waiting: EventWire = {
      partitions: async (topics) => {
        await scene.publisher.handle(scene.log.records);
        return scene.wire.partitions(topics);
      },
      send: (messages) => scene.wire.send(messages),
    };
    const overtaken = scene.makePublisher(waiting).handle(scene.log.records);
    await expect(overtaken).rejects.toMatchObject({ code: 'version-conflict' });
    expect(scene.wire.messages).toHaveLength(2);
  });

  it('publishes the same bytes again after it was killed', async () => {
    const scene = new Scene();
    scene.log.tell(read('ann'));
    scene.log.tell(read('ann'));
    scene.state.loseNext();
    await expect(scene.publisher.handle(scene.log.records)).rejects.toThrow('killed');
    await scene.makePublisher().handle(scene.log.records);
    const [first, second, ...again] = scene.wire.messages;
    expect(again).toEqual([first, second]);
  });
});

describe('EventConsumer', () => {
  const topic = topicOf('proviso', 'default', 'access');

  it('takes each event once, whatever comes again', async () => {
    const scene = new Scene();
    const messages = await scene.publish(read('ann'), read('ann'), read('ann'));
    const consumer = scene.consumer();
    for (const message of [...messages, ...messages, one(messages)]) await consumer.consume(message);
    expect(scene.kept.events.map(({ id }) => id)).toEqual(['0/0', '1/0', '2/0']);
    expect((await scene.consumer().consume(one(messages))).kind).toBe('duplicate');
  });

  it('passes over what it took before, whatever that says it comes after', async () => {
    const scene = new Scene();
    const messages = await scene.publish(read('ann'), read('ann'));
    const consumer = scene.consumer();
    for (const message of messages) await consumer.consume(message);
    expect(await consumer.consume(changed(one(messages), { after: '1/0' }))).toEqual({ kind: 'duplicate' });
  });

  it('refuses what was forged, altered, moved, or never logged, each by its name', async () => {
    const scene = new Scene();
    const [first, second] = await scene.publish(intake('ann', 'Observation/o1/v1'), read('ann'));
    if (first === undefined || second === undefined) throw new Error('there are none');
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const elsewhere = new EventScene();
    elsewhere.tell(read('eve'));
    const event = eventSchema.parse(JSON.parse(first.value.toString()));
    const placing = { topic: first.topic, partition: first.partition, after: null };
    const other = { type: 'Observation', id: 'o2', versionId: 'v1' };
    const tampered: readonly [string, EventMessage][] = [
      ['forged', writeEvent(event, { ...placing, key: stranger })],
      ['forged', changed(first, { interaction: 'delete' }, false)],
      ['forged', { ...first, key: 'key-of-bob' }],
      ['forged', { ...first, topic: second.topic }],
      ['forged', { ...first, headers: { ...first.headers, [HEADER.signature]: '' } }],
      ['misplaced', { ...first, headers: { ...first.headers, [HEADER.index]: '7' } }],
      ['misplaced', { ...first, partition: first.partition + 1 }],
      ['misplaced', changed(first, { origin: 'other.example/log/default' })],
      ['altered', changed(first, { interaction: 'delete' })],
      ['altered', changed(first, { resources: [other] })],
      ['altered', changed(first, { proof: { ...event.proof, subEntry: null } })],
      ['altered', changed(first, { leaf: 'ab'.repeat(32) })],
      ['not-logged', changed(first, { index: '1', id: '1/0' })],
      ['not-logged', changed(first, { index: '99', id: '99/0' })],
      ['out-of-order', changed(first, { after: '7/0' })],
    ];
    const consumer = scene.consumer(true);
    for (const [fault, message] of tampered)
      expect(await consumer.consume(message)).toEqual({ kind: 'refused', fault });
    expect(scene.kept.events).toEqual([]);
    expect((await consumer.consume(first)).kind).toBe('taken');
  });

  it('refuses a value that is no event', async () => {
    const scene = new Scene();
    const message = one(await scene.publish(read('ann')));
    const { topic: place, partition } = message;
    const bare = { ...eventSchema.parse(JSON.parse(message.value.toString())) };
    Reflect.deleteProperty(bare, 'proof');
    const signed = writeEvent(bare, { topic: place, partition, after: null, key: EVENTS_KEY });
    expect(await scene.consumer().consume(signed)).toEqual({ kind: 'refused', fault: 'malformed' });
  });

  it('finds an event that was held back, and events that changed places', async () => {
    const scene = new Scene();
    const messages = await scene.publish(read('ann'), read('ann'), read('ann'), read('ann'));
    const [first, second, third, fourth] = messages;
    if (first === undefined || second === undefined || third === undefined || fourth === undefined)
      throw new Error('there are too few');
    const consumer = scene.consumer();
    expect(await consumer.consume(second)).toEqual({ kind: 'refused', fault: 'missing' });
    expect((await consumer.consume(first)).kind).toBe('taken');
    expect(await consumer.consume(third)).toEqual({ kind: 'refused', fault: 'missing' });
    expect((await consumer.consume(second)).kind).toBe('taken');
    expect(await consumer.consume(fourth)).toEqual({ kind: 'refused', fault: 'missing' });
    expect(scene.kept.positions.get(`${topic}/${first.partition}`)).toBe('1/0');
  });

  it.each([
    ['an event was before it', 'cid'],
    ['it was the first', 'ann'],
  ])(
    'goes on where an event was sent, and came again as erased in another partition: %s',
    async (_, earlier) => {
      const scene = new Scene();
      const told = [intake(earlier, 'Observation/o0/v1'), intake('bob', 'Observation/o1/v1')];
      await scene.publish(one(told));
      scene.state.loseNext();
      await expect(scene.publish(...told.slice(1))).rejects.toThrow('killed');
      scene.log.records[1] = erasedLast(told);
      const others = Array.from({ length: 12 }, (__, at) => intake(`p${at}`, `Observation/p${at}/v1`));
      await scene.publish(...others);
      const [, sent, again, ...rest] = scene.wire.messages;
      expect(again?.key).toBe('nobody');
      expect(again?.partition).not.toBe(sent?.partition);
      expect(rest.filter(({ partition }) => partition === sent?.partition).length).toBeGreaterThan(1);
      const consumer = scene.consumer();
      for (const message of scene.wire.messages) expect((await consumer.consume(message)).kind).toBe('taken');
      expect(scene.kept.events).toHaveLength(told.length + 1 + others.length);
    },
  );

  it('begins in the middle of a topic only where it is told that it may', async () => {
    const scene = new Scene();
    const messages = await scene.publish(read('ann'), read('ann'), read('ann'));
    const late = one(messages.slice(1));
    expect(await scene.consumer().consume(late)).toEqual({ kind: 'refused', fault: 'missing' });
    expect((await scene.consumer(true).consume(late)).kind).toBe('taken');
    expect(await scene.consumer(true).consume(one(messages))).toEqual({ kind: 'duplicate' });
  });

  it('waits for the checkpoint that covers an event: logs publish one now and then', async () => {
    const scene = new Scene();
    const [first, second] = await scene.publish(read('ann'), read('ann'));
    const old = new EventScene();
    old.tell(read('ann'));
    let looks = 0;
    const leaves = new LoggedLeaves({
      fetch: (path) => {
        if (path === 'checkpoint') looks += 1;
        return (looks < 3 ? old : scene.log).fetch(path);
      },
      origin: ORIGIN,
      policy: POLICY,
    });
    const consumer = new EventConsumer({ trust: TRUST, leaves, sink: scene.kept });
    for (const message of [first, second])
      expect(message === undefined ? undefined : (await consumer.consume(message)).kind).toBe('taken');
    expect(looks).toBe(3);
  });

  it('reads each tile of a log once, also those at the edge of the tree', async () => {
    const scene = new Scene();
    const messages = await scene.publish(read('ann'), read('ann'), read('ann'));
    const fetched: string[] = [];
    const leaves = new LoggedLeaves({
      fetch: (path) => {
        fetched.push(path);
        return scene.log.fetch(path);
      },
      origin: ORIGIN,
      policy: POLICY,
    });
    const consumer = new EventConsumer({ trust: TRUST, leaves, sink: scene.kept });
    for (const message of messages) expect((await consumer.consume(message)).kind).toBe('taken');
    expect(fetched).toHaveLength(new Set(fetched).size);
    const [later] = await scene.publish(read('ann'));
    expect(later === undefined ? undefined : (await consumer.consume(later)).kind).toBe('taken');
    expect(fetched.filter((path) => path === 'checkpoint')).toHaveLength(2);
  });

  it('reads a tile again that came broken', async () => {
    const scene = new Scene();
    const [message] = await scene.publish(read('ann'), read('ann'));
    let broken = 1;
    const leaves = new LoggedLeaves({
      fetch: async (path) => {
        const bytes = await scene.log.fetch(path);
        return path === 'checkpoint' || (broken -= 1) < 0 ? bytes : new Uint8Array(bytes.length);
      },
      origin: ORIGIN,
      policy: POLICY,
    });
    const consumer = new EventConsumer({ trust: TRUST, leaves, sink: scene.kept });
    if (message === undefined) throw new Error('there is none');
    expect(await consumer.consume(message)).toEqual({ kind: 'refused', fault: 'not-logged' });
    expect((await consumer.consume(message)).kind).toBe('taken');
  });

  it('waits while the log does not answer, and refuses a log that is not the one it knew', async () => {
    const scene = new Scene();
    const message = one(await scene.publish(read('ann')));
    const away = new LoggedLeaves({
      fetch: () => Promise.reject(new Error('away')),
      origin: ORIGIN,
      policy: POLICY,
    });
    const lost = new EventConsumer({ trust: TRUST, leaves: away, sink: scene.kept });
    await expect(lost.consume(message)).rejects.toThrow('away');

    const leaves = new LoggedLeaves({ fetch: scene.log.fetch, origin: ORIGIN, policy: POLICY });
    const consumer = new EventConsumer({ trust: TRUST, leaves, sink: scene.kept });
    expect((await consumer.consume(message)).kind).toBe('taken');
    const fork = new EventScene();
    for (const person of ['eve', 'eve']) fork.tell(read(person));
    const forked = new LoggedLeaves({
      fetch: fork.fetch,
      origin: ORIGIN,
      policy: POLICY,
      ...(leaves.head === undefined ? {} : { trusted: leaves.head }),
    });
    await expect(forked.has(1n, new Uint8Array(32))).rejects.toMatchObject({ code: 'integrity-failure' });
  });
});

describe('the form of events', () => {
  it('is the JSON Schema that consumers are given', () => {
    const schema = z.toJSONSchema(eventSchema, { io: 'input' });
    expect(JSON.parse(readFileSync(new URL('event.1.json', SCHEMAS), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(schema)),
    );
  });

  it('takes every example of every version, and verifies it', () => {
    const folder = new URL('examples/', SCHEMAS);
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThanOrEqual(EVENT_KINDS.length + 1);
    for (const file of files) {
      const { value, ...message } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
      expect(checkEvent({ ...message, value: Buffer.from(JSON.stringify(value)) }, TRUST).kind).toBe(
        'genuine',
      );
    }
  });

  it('is written as in the examples', async () => {
    const scene = new Scene();
    scene.log.tell(intake('ann', 'Observation/o1/v1'));
    scene.log.tell(read('ann', 'consent-denied'));
    scene.log.tell({ ...read('ann'), interaction: 'consent-grant' });
    scene.log.tell(intake('bob', 'Observation/o2/v1'), [0]);
    const messages = await scene.publish();
    const names = ['changes', 'access', 'consent', 'erased'];
    for (const [at, { value, ...message }] of messages.entries()) {
      const file = new URL(`examples/1-${names[at] ?? ''}.json`, SCHEMAS);
      expect({ ...message, value: JSON.parse(value.toString()) }).toEqual(
        JSON.parse(readFileSync(file, 'utf8')),
      );
    }
  });
});
