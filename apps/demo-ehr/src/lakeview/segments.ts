import type { Letter } from './letter.js';

/** Zone of Lakeview's clocks. Its messages do not tell it. */
const ZONE = 'America/Denver';
/** Name of Lakeview's own codes in CWE-3. */
export const LOCAL = '99LKV';

/** Fields of a segment by number; what is not there stays empty. */
export type Fields = Readonly<Record<number, string>>;

/** A segment as text. */
export function segment(name: string, fields: Fields): string {
  const last = Math.max(0, ...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? '')].join('|');
}

/** What makes MSH and EVN. */
export interface Heading {
  /** MSH-9, `ADT^A28^ADT_A05`. */
  readonly type: string;
  readonly controlId: string;
  /** Local time without zone, `20251020084500`. */
  readonly at: string;
}

/** A message of segments, in the one character set that Lakeview knows. */
export function letter(heading: Heading, segments: readonly string[]): Letter {
  const { type, controlId, at } = heading;
  const header = segment('MSH|^~\\&', {
    1: 'LAKEVIEW_HIS',
    2: 'LAKEVIEW',
    3: 'PROVISO',
    5: at,
    7: type,
    8: controlId,
    9: 'P',
    10: '2.5.1',
    16: '8859/1',
  });
  const text = [header, ...segments, ''].join('\r');
  return { controlId, type: type.split('^').slice(0, 2).join('^'), bytes: Buffer.from(text, 'latin1') };
}

/** The hands of Lakeview's clock: local time, no zone, whole seconds. */
export function localTime(at: Date): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: ZONE,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return ['year', 'month', 'day', 'hour', 'minute', 'second'].map(of).join('');
}
