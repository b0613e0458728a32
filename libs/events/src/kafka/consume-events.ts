import type { Consumer, IHeaders, Kafka, KafkaMessage } from 'kafkajs';
import type { EventMessage } from '../event.js';
import { GROUP_TIMES } from './group-times.js';

/** After so many attempts the client begins anew, again and again. */
const RETRY = { initialRetryTime: 200, maxRetryTime: 5_000, retries: 5 };

/** What a group of consumers reads, and what it does with each message. */
export interface ConsumeOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** MUST be durable when it resolves; where it rejects the partition waits, and the message comes again. */
  readonly handle: (message: EventMessage) => Promise<void>;
  /** It ended by itself: what it failed with is not to be tried again as it is. */
  readonly ended?: (error: unknown) => void;
}

/** Hands messages to `handle`, one after the other in each partition, at least once. Ends with what it gives. */
export async function consumeEvents(options: ConsumeOptions): Promise<{ stop(): Promise<void> }> {
  const { kafka, groupId, topics, handle, ended } = options;
  const consumer: Consumer = kafka.consumer({ groupId, ...GROUP_TIMES, retry: RETRY });
  consumer.on('consumer.crash', ({ payload }) => {
    if (!payload.restart) ended?.(payload.error);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, partition, message }) => handle(messageOf(topic, partition, message)),
  });
  return { stop: () => consumer.disconnect() };
}

function messageOf(topic: string, partition: number, { key, value, headers }: KafkaMessage): EventMessage {
  return {
    topic,
    partition,
    key: key === null ? '' : key.toString('utf8'),
    value: value ?? new Uint8Array(),
    headers: textsOf(headers ?? {}),
  };
}

function textsOf(headers: IHeaders): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).flatMap(([name, value]) => {
    const [first] = Array.isArray(value) ? value : [value];
    return first === undefined ? [] : [[name, first.toString('utf8')] as const];
  });
  return Object.fromEntries(texts);
}
