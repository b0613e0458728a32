import { GatewayError } from '#outcome';
import { checkEvent, type EventFault, type EventTrust } from './check-event.js';
import { compareIds, type ChangeEvent, type EventMessage } from './event.js';
import type { LoggedLeaves } from './logged-leaves.js';

/** A partition of a topic. */
export interface EventPlace {
  readonly topic: string;
  readonly partition: number;
}

/** What a consumer keeps: its own store, in its own transactions. */
export interface EventSink {
  /** Id of the last event of a partition that was taken; `undefined` before the first. */
  position(place: EventPlace): Promise<string | undefined>;
  /**
   * Takes an event that was verified. MUST keep what follows from it and the position (`event.id` of `place`) in one
   * transaction: that is what makes once of at least once.
   */
  take(event: ChangeEvent, place: EventPlace): Promise<void>;
}

/** What became of a message. */
export type Consumed =
  | { readonly kind: 'taken'; readonly event: ChangeEvent }
  /** It was taken before: published or delivered twice, or replayed. */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'refused'; readonly fault: EventFault };

/** What a consumer is made of. */
export interface EventConsumerOptions {
  readonly trust: EventTrust;
  readonly leaves: Pick<LoggedLeaves, 'has'>;
  readonly sink: EventSink;
  /**
   * Whether the first event of a partition that is met may have others before it: `true` where the topic's retention has
   * taken them away.
   */
  readonly mayBeginLate?: boolean;
}

/**
 * Takes events that are genuine, in the log, and next in their partition, each once. A refused one is not taken, and what comes
 * after it in its partition is missing its predecessor: whoever consumes stops there, and looks.
 */
export class EventConsumer {
  readonly #options: EventConsumerOptions;

  constructor(options: EventConsumerOptions) {
    this.#options = options;
  }

  /** @throws GatewayError `source-unavailable` where the log does not answer: the same message is to be consumed again */
  async consume(message: EventMessage): Promise<Consumed> {
    const { trust, leaves, sink } = this.#options;
    const checked = checkEvent(message, trust);
    if (checked.kind === 'refused') return checked;
    const { event } = checked;
    const place = { topic: message.topic, partition: message.partition };
    const turn = this.#turnOf(event, await sink.position(place));
    if (turn !== 'next') return turn === 'duplicate' ? { kind: turn } : { kind: 'refused', fault: turn };
    const isLogged = await leaves.has(BigInt(event.index), Buffer.from(event.leaf, 'hex'));
    if (!isLogged) return { kind: 'refused', fault: 'not-logged' };
    await sink.take(event, place);
    return { kind: 'taken', event };
  }

  #turnOf(event: ChangeEvent, position: string | undefined): 'next' | 'duplicate' | EventFault {
    const { after, id } = event;
    // what was taken holds up nobody, whatever it says that it comes after
    if (position !== undefined && compareIds(id, position) <= 0) return 'duplicate';
    if (after !== null && compareIds(after, id) >= 0) return 'out-of-order';
    if (position === undefined)
      return after === null || this.#options.mayBeginLate === true ? 'next' : 'missing';
    // `after` is earlier than what was taken where that was sent, and then went elsewhere as erased: nothing is between
    return after === null || compareIds(after, position) <= 0 ? 'next' : 'missing';
  }
}

/** For a loop over messages: throws where one is refused, so that the loop stops before it. */
export function demandTaken(consumed: Consumed): void {
  if (consumed.kind === 'refused')
    throw new GatewayError('integrity-failure', { details: `event ${consumed.fault}` });
}
