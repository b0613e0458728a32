import type { KeyObject } from 'node:crypto';
import { GatewayError } from '#outcome';
import type { Follower, OpenedRecord } from '#provenance';
import { EVENT_KINDS, topicOf, type EventKind, type EventMessage } from './event.js';
import { eventsOfRecord, type EventDraft, type EventNames } from './events-of-record.js';
import { keyOf, writeEvent } from './write-event.js';

/** Takes messages to topics. */
export interface EventWire {
  /** How many partitions each topic has, in their order. Makes topics that are not there. */
  partitions(topics: readonly string[]): Promise<readonly number[]>;
  /**
   * MUST resolve when every message is acknowledged by all replicas in sync, and MUST keep their order in each partition.
   * MAY have taken some of them, or all, where it rejects.
   */
  send(messages: readonly EventMessage[]): Promise<void>;
}

/** The last event of each partition, `topic/partition` → id, kept with the publisher's position. */
export type EventTails = ReadonlyMap<string, string>;

/** How far a publisher is. */
export interface PublisherState {
  position(): Promise<bigint>;
  tails(): Promise<EventTails>;
  /** Moves the position and the tails of these partitions together. @throws GatewayError `version-conflict` unless it is at `from` */
  advance(from: bigint, to: bigint, tails: EventTails): Promise<void>;
}

/** What a publisher is made of. */
export interface EventPublisherOptions {
  /** Under which its position and lock are kept. */
  readonly name: string;
  readonly wire: EventWire;
  readonly state: PublisherState;
  readonly names: EventNames;
  readonly prefix: string;
  readonly tenant: string;
  /** Ed25519. */
  readonly key: KeyObject;
}

/** Publishes what the log says, in its order: at least once, and the same bytes each time. */
export class EventPublisher implements Follower {
  readonly name: string;
  readonly reads = ['op', 'subjects'] as const;
  readonly #options: EventPublisherOptions;

  constructor(options: EventPublisherOptions) {
    this.#options = options;
    this.name = options.name;
  }

  position(): Promise<bigint> {
    return this.#options.state.position();
  }

  async handle(batch: readonly OpenedRecord[]): Promise<void> {
    const [first, last] = [batch[0], batch.at(-1)];
    if (first === undefined || last === undefined)
      throw new GatewayError('invalid-value', { details: 'batch of no records' });
    const { state, wire, names } = this.#options;
    await this.#demandAt(first.index);
    const drafts = batch.flatMap((record) => eventsOfRecord(record, names));
    const { messages, tails } = await this.#place(drafts, first.index);
    if (messages.length > 0) await wire.send(messages);
    await state.advance(first.index, last.index + 1n, tails);
  }

  async #demandAt(from: bigint): Promise<void> {
    if ((await this.#options.state.position()) !== from)
      throw new GatewayError('version-conflict', { details: `follower/${this.name}` });
  }

  async #place(
    drafts: readonly EventDraft[],
    from: bigint,
  ): Promise<{ readonly messages: readonly EventMessage[]; readonly tails: EventTails }> {
    if (drafts.length === 0) return { messages: [], tails: new Map() };
    const { wire, state, key } = this.#options;
    const counts = await wire.partitions(EVENT_KINDS.map((kind) => this.#topic(kind)));
    const before = await state.tails();
    // positions only grow: the tails are those of `from`, and not of another publisher that went on meanwhile
    await this.#demandAt(from);
    const tails = new Map<string, string>();
    const messages = drafts.map((draft) => {
      const topic = this.#topic(draft.kind);
      const partition = partitionOf(keyOf(draft), counts[EVENT_KINDS.indexOf(draft.kind)] ?? 1);
      const place = `${topic}/${partition}`;
      const after = tails.get(place) ?? before.get(place) ?? null;
      tails.set(place, draft.id);
      return writeEvent(draft, { topic, partition, after, key });
    });
    return { messages, tails };
  }

  #topic(kind: EventKind): string {
    return topicOf(this.#options.prefix, this.#options.tenant, kind);
  }
}

/** The partition of a key: FNV-1a, so that whoever holds the key can find it. */
function partitionOf(key: string, count: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % count;
}
