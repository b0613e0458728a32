import fc from 'fast-check';
import { Registry } from 'prom-client';
import { GatewayError } from '#outcome';
import { MemoryInbox } from '../../../../libs/store/src/testing/memory-inbox.js';
import { acksIn, makeMessage, makeProfile } from '../v2/testing/messages.js';
import { V2Figures } from '../v2/v2-figures.js';
import { answerInTopic, type HandedOver } from './answer-in-topic.js';
import { TopicIntake } from './topic-intake.js';
import { TopicListener } from './topic-listener.js';
import { TopicReceiver } from './topic-receiver.js';

const MAX_BYTES = 2_000;

/** A sent message, as the producer of the transport gets it. */
type Sent = Parameters<ReturnType<HandedOver['getProducer']>['send']>[0];

describe('the intake topic', () => {
  let inbox: MemoryInbox;
  let metrics: Registry;
  let intake: TopicIntake;
  let sent: Sent[];
  const seen: string[] = [];

  beforeEach(() => {
    inbox = new MemoryInbox();
    metrics = new Registry();
    sent = [];
    seen.length = 0;
    const receiver = new TopicReceiver({
      profiles: [
        makeProfile('lakeview', { peers: { topic: true }, processingIds: ['P'] }),
        makeProfile('hillside'),
      ],
      inbox,
      contacts: { seen: (source) => seen.push(source), left: () => undefined },
      figures: new V2Figures(metrics, () => new Map()),
      answering: () => ({ application: 'PROVISO', facility: 'TEST', id: 'A1', timeMs: 0 }),
      kept: () => undefined,
      maxBytes: MAX_BYTES,
    });
    intake = new TopicIntake({
      take: (message) => receiver.take(message),
      replyTopic: 'v2.answers',
      deadTopic: 'v2.dead',
    });
  });

  /** Hands a message over as the transport does. */
  async function hand(value: unknown, from: { key?: unknown; headers?: Record<string, unknown> }) {
    await answerInTopic(intake, {
      getMessage: () => ({ offset: '7', value, ...from }),
      getTopic: () => 'v2',
      getPartition: () => 3,
      getProducer: () => ({
        send: (record) => {
          sent.push(record);
          return Promise.resolve();
        },
      }),
    });
    return sent.splice(0).flatMap(({ topic, messages }) =>
      messages.map(({ key, value: bytes, headers }) => ({
        topic,
        key,
        text: bytes.toString(),
        bytes,
        headers,
      })),
    );
  }
  const listed = () => inbox.list({ limit: 100 });

  it('keeps a message of the source that header or key names, and answers AA', async () => {
    const replies = await hand(makeMessage({ controlId: '1' }), { key: 'lakeview' });
    expect(replies.map(({ topic, key }) => [topic, key])).toEqual([['v2.answers', 'lakeview']]);
    expect(acksIn(replies[0]?.bytes)).toEqual(['AA 1']);
    expect(replies[0]?.headers).toMatchObject({ 'proviso-partition': '3', 'proviso-offset': '7' });
    const headers = { 'proviso-source': 'lakeview' };
    expect(acksIn((await hand(makeMessage({ controlId: '2' }), { key: 'else', headers }))[0]?.bytes)).toEqual(
      ['AA 2'],
    );
    expect((await listed()).map(({ source, controlId }) => [source, controlId])).toEqual([
      ['lakeview', '2'],
      ['lakeview', '1'],
    ]);
    expect(seen).toEqual(['lakeview', 'lakeview']);
  });

  it('changes nothing when a message comes again, and gives the stored answer', async () => {
    const message = makeMessage({ controlId: '1' });
    const [first] = await hand(message, { key: 'lakeview' });
    const [second] = await hand(message, { key: 'lakeview' });
    expect(second?.text).toBe(first?.text);
    expect(await listed()).toHaveLength(1);
  });

  it('keeps of a type that is too long only whole characters: the database takes no half of one', async () => {
    const type = `${'T'.repeat(63)}\u{1F600}`;
    const message = makeMessage({ controlId: '1', type, charset: 'UNICODE UTF-8' });
    expect(acksIn((await hand(message, { key: 'lakeview' }))[0]?.bytes)).toEqual(['AA 1']);
    const [kept] = await listed();
    expect(kept?.message).toMatch(/^T{63}/);
    expect(kept?.message.isWellFormed()).toBe(true);
  });

  it('keeps each message of a batch', async () => {
    const batch = Buffer.concat([
      Buffer.from('BHS|^~\\&|LAKEVIEW\r'),
      makeMessage({ controlId: '1' }),
      makeMessage({ controlId: '2' }),
      Buffer.from('BTS|2\r'),
    ]);
    const [reply] = await hand(batch, { key: 'lakeview' });
    expect(acksIn(reply?.bytes)).toEqual(['AA 1', 'AA 2']);
    expect(await listed()).toHaveLength(2);
  });

  it.each([
    ['unknown-source', makeMessage({ controlId: 'SECRET' }), 'nobody'],
    ['unknown-source', makeMessage({ controlId: 'SECRET' }), undefined],
    ['unknown-source', makeMessage({ controlId: 'SECRET', application: 'HILLSIDE' }), 'hillside'],
    ['too-large', Buffer.alloc(MAX_BYTES + 1, 'S'), 'lakeview'],
    ['unreadable', Buffer.from('SECRET'), 'lakeview'],
    ['unreadable', null, 'lakeview'],
    ['unknown-sender', makeMessage({ controlId: 'SECRET', application: 'OTHER' }), 'lakeview'],
    ['header', makeMessage({ controlId: 'SECRET', processingId: 'T' }), 'lakeview'],
  ])('tells of %s in a letter without the content, and keeps nothing', async (reason, value, key) => {
    const replies = await hand(value, { key });
    const letters = replies.filter(({ topic }) => topic === 'v2.dead');
    const source = key === 'lakeview' ? key : null;
    const place = { topic: 'v2', partition: 3, offset: '7' };
    expect(letters.map(({ text }): unknown => JSON.parse(text))).toEqual([
      { schema: 'proviso/dead/1', ...place, source, reason, bytes: value?.length ?? 0 },
    ]);
    expect(
      letters.map(({ key: name, text, headers }) => JSON.stringify([name, text, headers])).join(),
    ).not.toMatch(/SECRET|nobody/);
    const answers = replies.filter(({ topic }) => topic === 'v2.answers');
    for (const { bytes } of answers) expect(acksIn(bytes)[0]).toMatch(/^AR/);
    expect(await listed()).toEqual([]);
    expect(await metrics.metrics()).toContain(`proviso_v2_refused_total{reason="${reason}"} 1`);
  });

  it('rejects for nothing that a message holds: none holds up its partition', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('MSH|^~\\&|LAKEVIEW|W', 'BHS|^~\\&', 'PID|1||7^^^MRN', '\r', '|', '\0')
        .map((text) => Buffer.from(text)),
      fc
        .string({ unit: 'binary', maxLength: 30 })
        .map((type) => makeMessage({ type, charset: 'UNICODE UTF-8' })),
    );
    const bytes = fc.array(piece, { maxLength: 6 }).map((pieces) => Buffer.concat(pieces));
    const key = fc.oneof(fc.constantFrom('lakeview', 'hillside', undefined), fc.anything());
    const headers = fc.dictionary(fc.oneof(fc.constant('proviso-source'), fc.string()), key);
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, fc.anything()), key, headers, async (value, name, named) => {
        const replies = await hand(value, { key: name, headers: named });
        expect(replies.every(({ topic }) => topic.startsWith('v2.'))).toBe(true);
      }),
    );
  });

  it('asks for the message again where it could not be kept', async () => {
    inbox.failNext(1, new GatewayError('seal-unavailable'));
    await expect(hand(makeMessage({ controlId: '1' }), { key: 'lakeview' })).rejects.toMatchObject({
      code: 'seal-unavailable',
    });
    expect(sent).toEqual([]);
    expect(acksIn((await hand(makeMessage({ controlId: '1' }), { key: 'lakeview' }))[0]?.bytes)).toEqual([
      'AA 1',
    ]);
  });
});

describe('TopicListener', () => {
  it('tries until a broker answers, with pauses that grow, and closes what it opened', async () => {
    const pauses: number[] = [];
    const reported: unknown[] = [];
    let failures = 7;
    let closed = 0;
    const open = Promise.withResolvers<void>();
    const listener = new TopicListener({
      listen: () => {
        if (failures-- > 0) return Promise.reject(new Error('nobody there'));
        open.resolve();
        return Promise.resolve({
          close: () => {
            closed += 1;
            return Promise.resolve();
          },
        });
      },
      report: (error) => reported.push(error),
      pause: (ms) => {
        pauses.push(ms);
        return Promise.resolve();
      },
    });
    listener.start();
    await open.promise;
    await listener.stop();
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
    expect([reported.length, closed]).toEqual([7, 1]);
  });

  it('begins anew where it ended by itself', async () => {
    const opened: number[] = [];
    const ends: ((error: unknown) => void)[] = [];
    let next = Promise.withResolvers<void>();
    const listener = new TopicListener({
      listen: (ended) => {
        ends.push(ended);
        opened.push(opened.length);
        next.resolve();
        return Promise.resolve({ close: () => Promise.resolve() });
      },
      report: () => undefined,
    });
    listener.start();
    await next.promise;
    next = Promise.withResolvers();
    ends[0]?.(new Error('gave up'));
    await next.promise;
    await listener.stop();
    expect(opened).toEqual([0, 1]);
  });

  it('stops while no broker answers', async () => {
    const listener = new TopicListener({
      listen: () => Promise.reject(new Error('nobody there')),
      report: () => undefined,
    });
    listener.start();
    await expect(listener.stop()).resolves.toBeUndefined();
  });
});
