import fc from 'fast-check';
import { BEGINNING_MS, dateRange, END_MS } from './date-range.js';

const pad = (value: number, width: number) => String(value).padStart(width, '0');

describe('dateRange', () => {
  it('begins where the platform’s own parser says, for any instant', () => {
    const date = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (instant) => {
        const text = instant.toISOString();
        expect(dateRange(text)).toEqual({ loMs: instant.getTime(), hiMs: instant.getTime() + 1 });
        const day = Date.parse(text.slice(0, 10));
        expect(dateRange(text.slice(0, 10))).toEqual({ loMs: day, hiMs: day + 86_400_000 });
      }),
    );
  });

  it('covers a year by its months and a month by its days, without gap or overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9998 }), (year) => {
        let at = dateRange(pad(year, 4))?.loMs;
        for (let month = 1; month <= 12; month += 1) {
          const name = `${pad(year, 4)}-${pad(month, 2)}`;
          const days = Array.from({ length: 31 }, (_, day) => dateRange(`${name}-${pad(day + 1, 2)}`));
          for (const day of days.filter((one) => one !== undefined)) {
            expect(day.loMs).toBe(at);
            at = day.hiMs;
          }
          expect(dateRange(name)?.hiMs).toBe(at);
        }
        expect(dateRange(pad(year, 4))?.hiMs).toBe(at);
      }),
      { numRuns: 30 },
    );
  });

  it('moves with the zone', () => {
    const utc = dateRange('2021-03-01T00:30:00Z');
    expect(dateRange('2021-03-01T02:30:00+02:00')).toEqual(utc);
    expect(dateRange('2021-02-28T19:00:00-05:30')).toEqual(utc);
    expect(dateRange('2021-03-01T00:30:00')).toEqual(utc);
  });

  it('stays within what FHIR can write', () => {
    expect(dateRange('0001-01-01T00:00:00+14:00')?.loMs).toBe(BEGINNING_MS);
    expect(dateRange('9999-12-31T23:59:59.999-14:00')?.hiMs).toBe(END_MS);
  });

  it.each([
    '',
    '2020-',
    '20',
    '20200101',
    '2020-1-1',
    '2020-01-01T',
    '2020-01-01T10',
    '2020-01-01T10:60',
    '2020-01-01T24:00:00Z',
    '2020-01-01T10:00:61Z',
    '2020-01-01T10:00:00+15:00',
    '2020-01-01T10:00:00.Z',
    '2020-01-01 10:00:00',
    '2100-02-29',
    '2020-04-31',
    '2020-00',
    '２０２０',
    '2020-01-01\n',
  ])('knows no date %j', (text) => {
    expect(dateRange(text)).toBeUndefined();
  });
});
