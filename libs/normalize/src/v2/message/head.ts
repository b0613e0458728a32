import { unescape, type Notation } from './unescape.js';
import type { Cell, MessageHead, Segment } from './message.js';

/** What MSH says about answer and route. Nothing is noted as read. */
export function headOf(header: Segment, notation: Notation): MessageHead {
  const at = (field: number, component = 1): string | undefined =>
    valueOf(header.first(field).at(component).at(1), notation);
  return {
    sendingApplication: at(3),
    sendingFacility: at(4),
    receivingApplication: at(5),
    receivingFacility: at(6),
    time: at(7),
    code: at(9),
    trigger: at(9, 2),
    structure: at(9, 3),
    controlId: valueOf(header.first(10), notation),
    processingId: at(11),
    version: at(12),
    sequence: at(13),
    acceptAck: at(15),
    applicationAck: at(16),
  };
}

function valueOf(cell: Cell, notation: Notation): string | undefined {
  const value = cell.isNull ? '' : unescape(cell.raw, notation).trim();
  return value === '' ? undefined : value;
}
