import { patientKey } from './engine/business-key.js';
import type { Cell, Segment, V2Message } from './message/message.js';
import type { SenderProfile } from './sender-profile.js';

/** Where patients are named: the segment, and its fields in the order in which they count. */
const NAMED_IN: Readonly<Record<string, readonly number[]>> = { PID: [3, 2, 4], MRG: [1, 4, 2] };

/**
 * The keys of the patients that a message is about, the same as ids are made of: of PID, and of MRG where records merge.
 * Messages that share one must be taken in their order. Empty where no patient has an identifier.
 */
export function routeOf(message: V2Message, sender: SenderProfile): readonly string[] {
  const keys = message.segments.map((segment) => keyOf(segment, sender)).filter((key) => key !== undefined);
  return [...new Set(keys)];
}

function keyOf(segment: Segment, sender: SenderProfile): string | undefined {
  const fields = NAMED_IN[segment.name] ?? [];
  return fields
    .map((number) => patientKey(segment.field(number).filter(isValued), sender))
    .find((key) => key !== undefined);
}

function isValued(cell: Cell): boolean {
  return !cell.isEmpty && !cell.isNull;
}
