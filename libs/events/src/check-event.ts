import type { KeyObject } from 'node:crypto';
import { GatewayError } from '#outcome';
import {
  checkOpenings,
  decodeEntry,
  hashLeaf,
  isSignedByGateway,
  type OpenedGroup,
  type Policy,
} from '#provenance';
import { eventSchema, type ChangeEvent, type EventMessage } from './event.js';
import { factsOf } from './events-of-record.js';
import { HEADER, isSigned, keyOf } from './write-event.js';

/** Why an event is refused. `docs/events.md` has a line for each. */
export type EventFault =
  'malformed' | 'forged' | 'misplaced' | 'altered' | 'not-logged' | 'missing' | 'out-of-order';

/** What became of a check. */
export type CheckedEvent =
  | { readonly kind: 'genuine'; readonly event: ChangeEvent }
  | { readonly kind: 'refused'; readonly fault: EventFault };

/** Whom a consumer trusts: the publishers of events, and the log. */
export interface EventTrust {
  /** Public Ed25519 keys. */
  readonly publishers: readonly KeyObject[];
  /** Origin of the log. */
  readonly origin: string;
  readonly policy: Policy;
}

/**
 * Checks an event by itself: who published it, that it stands in its topic, partition and key, and that the log entry that it
 * carries commits to what it says. That the entry is in the log is another check.
 */
export function checkEvent(message: EventMessage, trust: EventTrust): CheckedEvent {
  if (!isSigned(message, trust.publishers)) return refused('forged');
  const event = parse(message.value);
  if (event === undefined) return refused('malformed');
  if (!isInPlace(event, message) || event.origin !== trust.origin) return refused('misplaced');
  return saysWhatIsLogged(event, trust) ? { kind: 'genuine', event } : refused('altered');
}

function refused(fault: EventFault): CheckedEvent {
  return { kind: 'refused', fault };
}

function parse(value: Uint8Array): ChangeEvent | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(Buffer.from(value).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** What stands around the value says the same as the value. */
function isInPlace(event: ChangeEvent, { topic, partition, key, headers }: EventMessage): boolean {
  return (
    topic.endsWith(`.${event.kind}`) &&
    partition === event.partition &&
    key === keyOf(event) &&
    event.id.startsWith(`${event.index}/`) &&
    headers[HEADER.schema] === event.schema &&
    headers[HEADER.origin] === event.origin &&
    headers[HEADER.index] === event.index &&
    headers[HEADER.leaf] === event.leaf
  );
}

function saysWhatIsLogged(event: ChangeEvent, { origin, policy }: EventTrust): boolean {
  const bytes = fromBase64(event.proof.entry);
  const entry = decodeEntry(bytes);
  if (entry === undefined || Buffer.from(hashLeaf(bytes)).toString('hex') !== event.leaf) return false;
  if (isSignedByGateway(bytes, origin, policy) !== true) return false;
  const position = Number(event.id.split('/')[1]);
  const openings = event.proof.openings.map(({ group, salt, bytes: shown }) => ({
    group,
    salt: fromBase64(salt),
    bytes: fromBase64(shown),
  }));
  const subEntries = subEntriesOf(event, position);
  const isShown = checkOpenings({ openings, subEntries }, entry).every(({ state }) => state === 'ok');
  return isShown && isSameFacts(event, openings, position);
}

function subEntriesOf({ proof: { subEntry } }: ChangeEvent, position: number) {
  if (subEntry === null || subEntry.position !== position) return [];
  const { commitments, path } = subEntry;
  return [{ position, commitments: commitments.map(fromBase64), path: path.map(fromBase64) }];
}

function isSameFacts(event: ChangeEvent, openings: readonly OpenedGroup[], position: number): boolean {
  try {
    const { time, interaction, outcome, resources } = event;
    const said = JSON.stringify({ time, interaction, outcome, resources });
    return said === JSON.stringify(factsOf(openings, position));
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === 'malformed') return false;
    throw new GatewayError('internal', { cause });
  }
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
