import { CompressionTypes, type Kafka, type Producer } from 'kafkajs';
import { GatewayError } from '#outcome';
import type { EventMessage } from '../event.js';
import type { EventWire } from '../event-publisher.js';
import { makeTopics } from './make-topics.js';

const ALL_REPLICAS = -1;
/** Bytes of values that are sent together: a broker takes a megabyte for each partition. */
const SEND_BYTES = 750_000;

/** What a wire needs. */
export interface KafkaWireOptions {
  readonly kafka: Kafka;
  /** Partitions of topics that it makes. */
  readonly newPartitions: number;
}

/**
 * `EventWire` over Kafka, with an idempotent producer: what the broker has taken and not said is not written twice. After a
 * failure a new connection is made, and the numbers of partitions are read anew.
 */
export class KafkaWire implements EventWire {
  readonly #options: KafkaWireOptions;
  #open: { readonly producer: Producer; readonly counts: Map<string, number> } | undefined;

  constructor(options: KafkaWireOptions) {
    this.#options = options;
  }

  async partitions(topics: readonly string[]): Promise<readonly number[]> {
    return this.#try(async () => {
      const { counts } = await this.#opened();
      const unknown = topics.filter((topic) => !counts.has(topic));
      if (unknown.length > 0) await this.#readCounts(unknown, counts);
      return topics.map((topic) => counts.get(topic) ?? 1);
    });
  }

  async send(messages: readonly EventMessage[]): Promise<void> {
    await this.#try(async () => {
      const { producer } = await this.#opened();
      for (const part of inParts(messages)) {
        // oxlint-disable-next-line no-await-in-loop -- in their order
        await producer.sendBatch({
          acks: ALL_REPLICAS,
          compression: CompressionTypes.GZIP,
          topicMessages: [...Map.groupBy(part, ({ topic }) => topic)].map(([topic, theirs]) => ({
            topic,
            messages: theirs.map(({ key, value, headers, partition }) => ({
              key,
              value: Buffer.from(value),
              headers: { ...headers },
              partition,
            })),
          })),
        });
      }
    });
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.producer.disconnect().catch(() => undefined);
  }

  async #opened(): Promise<{ readonly producer: Producer; readonly counts: Map<string, number> }> {
    if (this.#open !== undefined) return this.#open;
    const producer = this.#options.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    this.#open = { producer, counts: new Map() };
    return this.#open;
  }

  async #readCounts(topics: readonly string[], counts: Map<string, number>): Promise<void> {
    const { kafka, newPartitions } = this.#options;
    for (const [topic, count] of await makeTopics(kafka, topics, newPartitions)) counts.set(topic, count);
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      await this.close();
      throw new GatewayError('source-unavailable', { details: 'kafka', cause });
    }
  }
}

function inParts(messages: readonly EventMessage[]): readonly (readonly EventMessage[])[] {
  const parts: EventMessage[][] = [];
  let bytes = SEND_BYTES;
  for (const message of messages) {
    bytes += message.value.length;
    if (bytes > SEND_BYTES) {
      parts.push([]);
      bytes = message.value.length;
    }
    parts.at(-1)?.push(message);
  }
  return parts;
}
