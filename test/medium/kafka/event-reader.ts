import type { KeyObject } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import {
  consumeEvents,
  EventConsumer,
  fetchLogFrom,
  LoggedLeaves,
  type ChangeEvent,
  type Consumed,
  type EventMessage,
  type EventPlace,
  type EventSink,
} from '#events';
import type { Policy } from '#provenance';

/** Whom a reader trusts, and where the log is. */
export interface ReaderOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly publisher: KeyObject;
  readonly origin: string;
  readonly policy: Policy;
  /** Where the log is served: looked up each time, since a system that was started again may be elsewhere. */
  readonly logBase: () => string;
}

/** Consumes events as an application would, and keeps all that it met. */
export class EventReader implements EventSink {
  readonly events: ChangeEvent[] = [];
  readonly outcomes: Consumed[] = [];
  readonly messages: EventMessage[] = [];
  /** What a message last failed with, and was given again for. */
  fault: unknown;
  readonly #options: ReaderOptions;
  readonly #positions = new Map<string, string>();
  #running: { stop(): Promise<void> } | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { kafka, groupId, topics, logBase, origin, policy, publisher } = this.#options;
    const consumer = new EventConsumer({
      trust: { publishers: [publisher], origin, policy },
      leaves: new LoggedLeaves({ fetch: (path) => fetchLogFrom(logBase())(path), origin, policy }),
      sink: this,
    });
    this.#running = await consumeEvents({
      kafka,
      groupId,
      topics,
      handle: async (message) => {
        const outcome = await consumer.consume(message).catch((error: unknown) => {
          this.fault = error;
          throw error;
        });
        this.messages.push(message);
        this.outcomes.push(outcome);
      },
    });
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
  }

  position({ topic, partition }: EventPlace): Promise<string | undefined> {
    return Promise.resolve(this.#positions.get(`${topic}/${partition}`));
  }

  take(event: ChangeEvent, { topic, partition }: EventPlace): Promise<void> {
    this.events.push(event);
    this.#positions.set(`${topic}/${partition}`, event.id);
    return Promise.resolve();
  }

  /** How many outcomes there were of each kind; refusals by their fault. */
  get counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const outcome of this.outcomes) {
      const name = outcome.kind === 'refused' ? outcome.fault : outcome.kind;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}
