import { CommandError, EXIT } from './exit.js';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of `10s`, `5m`, `1h`, `30d`. */
export function durationS(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const factor = SECONDS[unit ?? ''];
  if (count === undefined || factor === undefined) {
    throw new CommandError(`${text} is no duration; write 10s, 5m, 1h or 30d.`, EXIT.usage);
  }
  return Number(count) * factor;
}

/** Unix seconds of an RFC 3339 time. */
export function timeS(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new CommandError(`${text} is no time; write 2027-01-31T00:00:00Z.`, EXIT.usage);
  return Math.floor(ms / 1000);
}
