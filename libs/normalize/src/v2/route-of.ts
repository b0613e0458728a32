import { patientKey } from './engine/business-key.js';
import { parseAddress } from './engine/address.js';
import type { Cell, Segment, V2Message } from './message/message.js';
import { PATIENT_NUMBERS, PRIOR_NUMBERS } from './messages/patient-numbers.js';
import type { SenderProfile } from './sender-profile.js';

/** Where patients are named, in the order in which the fields count. */
const NAMED_IN = [...PATIENT_NUMBERS, ...PRIOR_NUMBERS].map(parseAddress);

/**
 * The keys of the patients that a message is about, the same as ids are made of: of PID, and of MRG where records merge.
 * Messages that share one must be taken in their order. Empty where no patient has an identifier.
 */
export function routeOf(message: V2Message, sender: SenderProfile): readonly string[] {
  const keys = message.segments.map((segment) => keyOf(segment, sender)).filter((key) => key !== undefined);
  return [...new Set(keys)];
}

function keyOf(segment: Segment, sender: SenderProfile): string | undefined {
  return NAMED_IN.filter((address) => address.segment === segment.name)
    .map(({ field = 0 }) => patientKey(segment.field(field).filter(isValued), sender))
    .find((key) => key !== undefined);
}

function isValued(cell: Cell): boolean {
  return !cell.isEmpty && !cell.isNull;
}
