import { escape } from '../message/escape.js';
import type { Delimiters } from '../message/message.js';
import { ERROR_TEXTS, type AnswerFault } from './verdict.js';
import { isSince } from './version.js';

/** Faults that one answer names. */
const MOST = 20;
const TABLE = 'HL70357';
const LOCATION = /^([A-Z][A-Z0-9]{2})(?:\((\d+)\))?(?:-(\d+)(?:\[(\d+)\])?(?:\.(\d+))?(?:\.(\d+))?)?$/;

/**
 * ERR segments, each as its fields: one for each fault since v2.5, with place, code and severity; one for all before.
 *
 * @see HL7 v2.8.2, chapter 2.14.5; v2.4, chapter 2.16.4
 */
export function errorSegments(
  faults: readonly AnswerFault[],
  version: string,
  delimiters: Delimiters,
): readonly (readonly string[])[] {
  const named = faults.slice(0, MOST);
  if (isSince(version, '2.5')) {
    return named.map((fault) => [
      'ERR',
      '',
      locationOf(fault.location).join(delimiters.component),
      codeOf(fault, delimiters, delimiters.component),
      fault.severity,
    ]);
  }
  const all = named.map((fault) => earlierError(fault, delimiters));
  // Without a separator of repetitions there is room for one.
  const fitting = delimiters.repetition === '' ? all.slice(0, 1) : all;
  return fitting.length === 0 ? [] : [['ERR', fitting.join(delimiters.repetition)]];
}

/** ERL: segment, its number, field, repetition, component, subcomponent, as far as it goes. */
function locationOf(path: string): readonly string[] {
  const [, segment, ordinal = '1', field, repetition = '1', component, subcomponent] =
    LOCATION.exec(path) ?? [];
  if (segment === undefined) {
    return [];
  }
  const below = [component, subcomponent].filter((part) => part !== undefined);
  return [segment, ordinal, ...(field === undefined ? [] : [field, repetition, ...below])];
}

/** ELD: segment, its number, field, and the code as subcomponents. */
function earlierError(fault: AnswerFault, delimiters: Delimiters): string {
  const [segment = '', ordinal = '', field = ''] = locationOf(fault.location);
  return [segment, ordinal, field, codeOf(fault, delimiters, delimiters.subcomponent)].join(
    delimiters.component,
  );
}

/** The code alone where nothing can separate its parts. */
function codeOf({ code }: AnswerFault, delimiters: Delimiters, separator: string): string {
  const parts = [String(code), ERROR_TEXTS[code], TABLE].map((part) => escape(part, delimiters));
  return separator === '' ? String(code) : parts.join(separator);
}
