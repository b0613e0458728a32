import { z } from 'zod';

/** Version of the form of events; a new one accepts every example of the old ones. */
export const EVENT_SCHEMA = 'proviso/event/1';
/** What events tell of, a topic each. */
export const EVENT_KINDS = ['changes', 'access', 'consent'] as const;
/** What an event tells of. */
export type EventKind = (typeof EVENT_KINDS)[number];

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const base64 = z.base64();
const index = z.string().regex(/^(0|[1-9]\d{0,18})$/);

/** Where an event stands: its record in the log, and the sub-entry in that record. */
const eventId = z.string().regex(/^(0|[1-9]\d{0,18})\/(0|[1-9]\d{0,9})$/);

const resource = z.strictObject({ type: z.string(), id: z.string(), versionId: z.string() });

const opening = z.strictObject({ group: z.string(), salt: base64, bytes: base64 });

const subEntry = z.strictObject({
  position: z.int().min(0),
  commitments: z.array(base64).length(4),
  path: z.array(base64).max(32),
});

/** An event as it stands in a message's value. `docs/events.md` says what each member is. */
export const eventSchema = z.object({
  schema: z.literal(EVENT_SCHEMA),
  kind: z.enum(EVENT_KINDS),
  origin: z.string(),
  id: eventId,
  index,
  leaf: hex32,
  /** The event before this one in the same partition; null before the first. */
  after: eventId.nullable(),
  partition: z.int().min(0),
  /** Whom it is about: the same for all events about one person, and of no use elsewhere. */
  subject: z.string().nullable(),
  /** RFC 3339; null where the record's head was erased. */
  time: z.string().nullable(),
  interaction: z.string().nullable(),
  outcome: z.string().nullable(),
  /** The versions that were written; null where the event names none. */
  resources: z.array(resource).nullable(),
  /** Whether what it was about was erased before it was published. */
  erased: z.boolean(),
  proof: z.strictObject({
    entry: base64,
    openings: z.array(opening).max(2),
    subEntry: subEntry.nullable(),
  }),
});

/** An event, in the form of its value. */
export type ChangeEvent = z.output<typeof eventSchema>;

/** A message of a topic. */
export interface EventMessage {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  /** JSON. */
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The key of events about nobody, and about those who were erased. */
export const NOBODY_KEY = 'nobody';

/** The topic of a kind of events. */
export function topicOf(prefix: string, tenant: string, kind: EventKind): string {
  return `${prefix}.${tenant}.${kind}`;
}

/** Which of two events of a log is the earlier one: negative where `a` is. */
export function compareIds(a: string, b: string): number {
  const [first, second] = [placeOf(a), placeOf(b)];
  if (first.index !== second.index) return first.index < second.index ? -1 : 1;
  return first.position - second.position;
}

function placeOf(id: string): { readonly index: bigint; readonly position: number } {
  const [at = '0', position = '0'] = id.split('/');
  return { index: BigInt(at), position: Number(position) };
}
