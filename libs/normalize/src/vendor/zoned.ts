import { zoneOffset } from '../zone-offset.js';

/** Elements of R4 whose values are `dateTime` or `instant`, besides those whose names end so. */
const TIMES: ReadonlySet<string> = new Set([
  'assertedDate',
  'authored',
  'authoredOn',
  'created',
  'date',
  'dateAsserted',
  'dateWritten',
  'end',
  'issued',
  'lastOccurrence',
  'lastUpdated',
  'recorded',
  'recordedDate',
  'sent',
  'start',
  'time',
  'whenHandedOver',
  'whenPrepared',
]);

const ZONELESS = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** A time with the zone it was given. */
export interface Zoned {
  readonly text: string;
  readonly ambiguous: boolean;
}

/**
 * A time that names no zone, in the source's zone; the digits stay, seconds are filled in, since R4 wants them.
 *
 * @param name The element's name.
 * @returns `undefined` where the element is no time, has a zone, or was never shown by the zone's clocks.
 * @see https://hl7.org/fhir/R4/datatypes.html#dateTime
 */
export function zoned(name: string, text: string, zone: string): Zoned | undefined {
  const isTime = TIMES.has(name) || name.endsWith('DateTime') || name.endsWith('Instant');
  const match = isTime ? ZONELESS.exec(text) : null;
  const found = match === null ? undefined : zoneOffset(text, zone);
  if (match === null || found === undefined) {
    return undefined;
  }
  const seconds = match[1] === undefined ? ':00' : '';
  return { text: `${text}${seconds}${found.offset}`, ambiguous: found.ambiguous };
}
