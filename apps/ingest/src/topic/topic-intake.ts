import type { TopicMessage, TopicOutcome } from './topic-receiver.js';

/** Form of a dead letter. */
export const DEAD_SCHEMA = 'proviso/dead/1';

/** Where a message stood. */
export interface TopicPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** A message that goes out. */
export interface TopicReply {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** What an intake is made of. */
export interface TopicIntakeOptions {
  readonly take: (message: TopicMessage) => Promise<TopicOutcome>;
  /** Topic for answers; `undefined`: nobody wants them. */
  readonly replyTopic: string | undefined;
  readonly deadTopic: string;
}

/**
 * Takes messages of a topic, and says what is to be sent before their offset is committed: the answer, and a letter for what was not
 * taken, with the reason and without the content.
 */
export class TopicIntake {
  readonly #options: TopicIntakeOptions;

  constructor(options: TopicIntakeOptions) {
    this.#options = options;
  }

  async take(message: TopicMessage, place: TopicPlace): Promise<readonly TopicReply[]> {
    const { take, replyTopic, deadTopic } = this.#options;
    const outcome = await take(message);
    const key = outcome.source ?? 'unknown';
    const headers = {
      'proviso-topic': place.topic,
      'proviso-partition': String(place.partition),
      'proviso-offset': place.offset,
    };
    const replies: TopicReply[] = [];
    if (replyTopic !== undefined && outcome.answer !== undefined)
      replies.push({ topic: replyTopic, key, value: outcome.answer, headers });
    if (outcome.dead !== undefined) {
      const { source = null, dead: reason } = outcome;
      const letter = { schema: DEAD_SCHEMA, ...place, source, reason, bytes: message.value.length };
      replies.push({ topic: deadTopic, key, value: Buffer.from(JSON.stringify(letter)), headers });
    }
    return replies;
  }
}
