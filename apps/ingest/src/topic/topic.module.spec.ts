import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ServerKafka, type MicroserviceOptions } from '@nestjs/microservices';
import { TopicIntake } from './topic-intake.js';
import { TopicModule } from './topic.module.js';
import type { TopicMessage } from './topic-receiver.js';

type Payload = Parameters<ServerKafka['handleMessage']>[0];

/** As it comes from a broker; each member may be whatever a sender made of it. */
type Raw = Partial<Pick<Payload['message'], 'key' | 'value' | 'headers'>>;

describe('TopicModule', () => {
  const taken: TopicMessage[] = [];
  const server = new ServerKafka({ client: { brokers: [] }, parser: { keepBinary: true } });
  let app: INestMicroservice;

  beforeAll(async () => {
    const intake = new TopicIntake({
      take: (message) => {
        taken.push(message);
        return Promise.resolve({ source: undefined, answer: undefined, dead: undefined });
      },
      replyTopic: undefined,
      deadTopic: 'v2.dead',
    });
    app = await NestFactory.createMicroservice<MicroserviceOptions>(TopicModule.of('v2', intake), {
      strategy: server,
      logger: false,
    });
    await app.init();
  });
  afterAll(() => app.close());

  /** What the intake gets of a message, by way of the transport. */
  async function passed(raw: Raw): Promise<TopicMessage | undefined> {
    const message = { timestamp: '0', attributes: 0, offset: '7', key: null, value: null, ...raw };
    await server.handleMessage({
      topic: 'v2',
      partition: 3,
      message,
      heartbeat: () => Promise.resolve(),
      pause: () => () => undefined,
    });
    return taken.splice(0)[0];
  }

  it('hands over the bytes as they came, with key and headers', async () => {
    const value = Buffer.from([0, 0x7b, 0xff]);
    const got = await passed({
      key: Buffer.from('lakeview'),
      value,
      headers: { 'proviso-source': Buffer.from('hillside') },
    });
    expect(got).toEqual({ key: 'lakeview', headers: { 'proviso-source': 'hillside' }, value });
  });

  it.each([
    ['without a value', null],
    ['with an empty value', Buffer.alloc(0)],
  ])('hands over a message %s as one of no bytes', async (_, value) => {
    const got = await passed({ key: Buffer.from('lakeview'), value });
    expect(got?.key).toBe('lakeview');
    expect(got?.value).toHaveLength(0);
    expect(got?.value).toBeInstanceOf(Uint8Array);
  });

  it.each<[string, Raw]>([
    ['JSON', { key: Buffer.from('{"a":1}'), headers: { a: Buffer.from('[1]') } }],
    ['binary', { key: Buffer.from([0, 1]), headers: { a: Buffer.from([0, 1]) } }],
    ['absent', { key: null, headers: { a: undefined } }],
  ])('passes over a key and headers that are %s', async (_, raw) => {
    expect(await passed({ ...raw, value: Buffer.from('MSH') })).toEqual({
      key: undefined,
      headers: {},
      value: Buffer.from('MSH'),
    });
  });
});
