import type { IssueCode } from '../../normalised.js';
import { zoneOffset } from '../../zone-offset.js';
import { timeOfDay, timestampOf, type Timestamp } from './timestamp.js';

/** A time as FHIR writes it, and what there is to say about it. Neither where nothing was written. */
export interface DateReading {
  readonly value: string | undefined;
  /**
   * `invalid-value`: no such time, or not precise enough. `zone-unknown`: neither the text nor the sender's profile names a
   * zone, so that only the date is sure. `zone-ambiguous`: the clocks showed it twice, the first is taken.
   */
  readonly issue: Extract<IssueCode, 'invalid-value' | 'zone-unknown' | 'zone-ambiguous'> | undefined;
}

/** A time with its zone. */
interface Zoned {
  readonly text: string;
  readonly issue: 'zone-ambiguous' | undefined;
}

const NOTHING: DateReading = { value: undefined, issue: undefined };
const INVALID: DateReading = { value: undefined, issue: 'invalid-value' };

/**
 * FHIR `date` in the precision that was written; a time beside it is left to `dateTimeOf`.
 *
 * @param text What a cell holds.
 * @see https://hl7.org/fhir/R4/datatypes.html#date
 */
export function dateOf(text: string | undefined): DateReading {
  return reading(text, (at) => ({ value: at.date, issue: undefined }));
}

/**
 * FHIR `dateTime`: dates in the precision that was written, times with a zone.
 *
 * @param zone IANA name of the sender's zone; `undefined` where it is not configured.
 * @see https://hl7.org/fhir/R4/datatypes.html#dateTime
 */
export function dateTimeOf(text: string | undefined, zone: string | undefined): DateReading {
  return reading(text, (at) => {
    if (at.time === undefined) {
      return { value: at.date, issue: undefined };
    }
    const zoned = inZone(at, zone);
    return typeof zoned === 'string' ? { value: at.date, issue: zoned } : valueOf(zoned);
  });
}

/**
 * FHIR `instant`: none where hours or a zone are missing.
 *
 * @param zone As for `dateTimeOf`.
 * @see https://hl7.org/fhir/R4/datatypes.html#instant
 */
export function instantOf(text: string | undefined, zone: string | undefined): DateReading {
  return reading(text, (at) => {
    const zoned = inZone(at, zone);
    return typeof zoned === 'string' ? { value: undefined, issue: zoned } : valueOf(zoned);
  });
}

/**
 * FHIR `time`, of a TM. It has no zone in FHIR.
 *
 * @see https://hl7.org/fhir/R4/datatypes.html#time
 */
export function timeOf(text: string | undefined): DateReading {
  const written = text?.trim() ?? '';
  const value = timeOfDay(written);
  return written === '' || value !== undefined ? { value, issue: undefined } : INVALID;
}

/**
 * When an event happened, in epoch milliseconds, for the order of events.
 *
 * @param zone As for `dateTimeOf`.
 * @returns `undefined` where hours or a zone are missing, or it is no time.
 */
export function epochMsOf(text: string | undefined, zone: string | undefined): number | undefined {
  const { value } = instantOf(text, zone);
  return value === undefined ? undefined : Date.parse(value);
}

function reading(text: string | undefined, read: (at: Timestamp) => DateReading): DateReading {
  const written = text?.trim() ?? '';
  const at = timestampOf(written);
  if (at === undefined) {
    return written === '' ? NOTHING : INVALID;
  }
  return read(at);
}

function valueOf({ text, issue }: Zoned): DateReading {
  return { value: text, issue };
}

/** The whole time, or why there is none. A time that the clocks skipped is invalid. */
function inZone(at: Timestamp, zone: string | undefined): Zoned | 'invalid-value' | 'zone-unknown' {
  if (at.time === undefined) {
    return 'invalid-value';
  }
  const local = `${at.date}T${at.time}`;
  if (at.offset !== undefined) {
    return { text: `${local}${at.fraction}${at.offset}`, issue: undefined };
  }
  if (zone === undefined) {
    return 'zone-unknown';
  }
  const found = zoneOffset(local, zone);
  return found === undefined
    ? 'invalid-value'
    : {
        text: `${local}${at.fraction}${found.offset}`,
        issue: found.ambiguous ? 'zone-ambiguous' : undefined,
      };
}
