import { GatewayError } from '#outcome';
import type { EventMessage } from '../event.js';
import type { EventTails, EventWire, PublisherState } from '../event-publisher.js';

/** Topics in memory, of three partitions each, that can be away. */
export class MemoryWire implements EventWire {
  readonly messages: EventMessage[] = [];
  #failures: number[] = [];

  partitions(topics: readonly string[]): Promise<readonly number[]> {
    return Promise.resolve(topics.map(() => 3));
  }

  send(messages: readonly EventMessage[]): Promise<void> {
    const taken = this.#failures.shift();
    this.messages.push(...messages.slice(0, taken ?? messages.length));
    if (taken === undefined) return Promise.resolve();
    return Promise.reject(new GatewayError('source-unavailable', { details: 'kafka' }));
  }

  /** The next `send` takes so many messages and then fails. */
  failAfter(count: number): void {
    this.#failures.push(count);
  }

  /** What a consumer of one partition meets. */
  of(topic: string, partition: number): readonly EventMessage[] {
    return this.messages.filter((each) => each.topic === topic && each.partition === partition);
  }
}

/** A publisher's state in memory, of which one step can be lost. */
export class MemoryPublisherState implements PublisherState {
  at = 0n;
  readonly held = new Map<string, string>();
  #losses = 0;

  position(): Promise<bigint> {
    return Promise.resolve(this.at);
  }

  tails(): Promise<EventTails> {
    return Promise.resolve(new Map(this.held));
  }

  advance(from: bigint, to: bigint, tails: EventTails): Promise<void> {
    if (this.#losses-- > 0) return Promise.reject(new Error('killed'));
    this.#losses = 0;
    if (from !== this.at) return Promise.reject(new GatewayError('version-conflict'));
    this.at = to;
    for (const [place, last] of tails) this.held.set(place, last);
    return Promise.resolve();
  }

  /** The next `advance` is as if the process had been killed. */
  loseNext(): void {
    this.#losses = 1;
  }
}
