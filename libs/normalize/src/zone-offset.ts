const MINUTE_MS = 60_000;
const PARTS = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?/;

/** The offset of a local time. */
export interface ZoneOffset {
  /** `+hh:mm` or `-hh:mm`. */
  readonly offset: string;
  /** The clock showed this time twice; the first of the two is meant here. */
  readonly ambiguous: boolean;
}

/**
 * The UTC offset that a zone's clocks had at a local time.
 *
 * @param local `YYYY-MM-DDThh:mm[:ss]`, without a zone.
 * @param zone An IANA name.
 * @returns `undefined` where the clocks never showed that time, or it is none.
 */
export function zoneOffset(local: string, zone: string): ZoneOffset | undefined {
  const utcMs = asIfUtcMs(local);
  if (utcMs === undefined) {
    return undefined;
  }
  const clock = clockOf(zone);
  // No zone is further than a day from UTC: the offsets of both neighbours are all that may hold.
  const tried = [-1, 1].map((days) => minutesAhead(clock, utcMs + days * 1440 * MINUTE_MS));
  const fitting = [...new Set(tried)].filter(
    (minutes) => minutesAhead(clock, utcMs - minutes * MINUTE_MS) === minutes,
  );
  const earliest = fitting.toSorted((a, b) => b - a).at(0);
  return earliest === undefined ? undefined : { offset: textOf(earliest), ambiguous: fitting.length > 1 };
}

function asIfUtcMs(local: string): number | undefined {
  const [whole, ...parts] = PARTS.exec(local) ?? [];
  if (whole === undefined) {
    return undefined;
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? '0'),
  );
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const stayed = date.toISOString().startsWith(whole);
  return stayed ? date.getTime() : undefined;
}

/** Making one takes ten times as long as asking it. There are as many as zones in the configuration. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) {
    return known;
  }
  const clock = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
    timeZone: zone,
    timeZoneName: 'longOffset',
    year: 'numeric',
  });
  clocks.set(zone, clock);
  return clock;
}

/** Minutes that the zone's clocks are ahead of UTC at an instant. */
function minutesAhead(clock: Intl.DateTimeFormat, atMs: number): number {
  const name = clock.formatToParts(atMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /^GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function textOf(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(size / 60)}:${twoDigits(size % 60)}`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
