import { sign, verify, type KeyObject } from 'node:crypto';
import { NOBODY_KEY, type ChangeEvent, type EventMessage } from './event.js';
import type { EventDraft } from './events-of-record.js';

const DOMAIN = 'proviso/v1/event';

/** Names of the headers. */
export const HEADER = {
  schema: 'proviso-schema',
  origin: 'proviso-origin',
  index: 'proviso-index',
  leaf: 'proviso-leaf',
  signature: 'proviso-signature',
} as const;

/** Bytes of a value above which an event does not name its resources: brokers take a megabyte. */
const VALUE_BYTES = 700_000;

/** Where an event is put, and by whom. */
export interface Placing {
  readonly topic: string;
  readonly partition: number;
  readonly after: string | null;
  /** Ed25519. */
  readonly key: KeyObject;
}

/** The message of an event. The same event at the same place gives the same bytes. */
export function writeEvent(draft: EventDraft, placing: Placing): EventMessage {
  const { topic, partition, after } = placing;
  const whole = valueOf({ ...draft, after, partition });
  const value = whole.length > VALUE_BYTES ? valueOf({ ...withoutNames(draft), after, partition }) : whole;
  const key = keyOf(draft);
  const signature = sign(null, signedText({ topic, key, value }), placing.key).toString('base64');
  return {
    topic,
    partition,
    key,
    value,
    headers: {
      [HEADER.schema]: draft.schema,
      [HEADER.origin]: draft.origin,
      [HEADER.index]: draft.index,
      [HEADER.leaf]: draft.leaf,
      [HEADER.signature]: signature,
    },
  };
}

/** Whether one of the publishers signed a message, for this topic and key. */
export function isSigned(message: EventMessage, publishers: readonly KeyObject[]): boolean {
  const signature = Buffer.from(message.headers[HEADER.signature] ?? '', 'base64');
  return publishers.some((key) => verify(null, signedText(message), key, signature));
}

/** The key that an event's message has. */
export function keyOf({ subject }: Pick<ChangeEvent, 'subject'>): string {
  return subject ?? NOBODY_KEY;
}

function signedText({ topic, key, value }: Pick<EventMessage, 'topic' | 'key' | 'value'>): Uint8Array {
  return Buffer.concat([Buffer.from([DOMAIN, topic, key, ''].join('\0')), value]);
}

function valueOf(event: ChangeEvent): Uint8Array {
  return Buffer.from(JSON.stringify(event));
}

function withoutNames(draft: EventDraft): EventDraft {
  const openings = draft.proof.openings.filter(({ group }) => group === 'op');
  return { ...draft, resources: null, proof: { entry: draft.proof.entry, openings, subEntry: null } };
}
