import type { TopicIntake } from './topic-intake.js';

const ALL_REPLICAS = -1;

/** What the transport hands over with a message. */
export interface HandedOver {
  getMessage(): {
    readonly offset: string;
    /** Bytes; null where it has none (a tombstone). */
    readonly value?: unknown;
    readonly key?: unknown;
    readonly headers?: Readonly<Record<string, unknown>> | undefined;
  };
  getTopic(): string;
  getPartition(): number;
  getProducer(): {
    send(record: {
      topic: string;
      acks: number;
      messages: { key: string; value: Buffer; headers: Record<string, string> }[];
    }): Promise<unknown>;
  };
}

/** Takes a message, and sends what follows from it: when this resolves its offset may be committed. */
export async function answerInTopic(intake: Pick<TopicIntake, 'take'>, context: HandedOver): Promise<void> {
  const { offset, value, key, headers = {} } = context.getMessage();
  const texts = Object.entries(headers).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  const replies = await intake.take(
    {
      key: typeof key === 'string' ? key : undefined,
      headers: Object.fromEntries(texts),
      value: value instanceof Uint8Array ? value : new Uint8Array(),
    },
    { topic: context.getTopic(), partition: context.getPartition(), offset },
  );
  const producer = context.getProducer();
  for (const reply of replies) {
    const message = { key: reply.key, value: Buffer.from(reply.value), headers: { ...reply.headers } };
    // oxlint-disable-next-line no-await-in-loop -- the answer before the letter
    await producer.send({ topic: reply.topic, acks: ALL_REPLICAS, messages: [message] });
  }
}
