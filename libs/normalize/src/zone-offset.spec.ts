import fc from 'fast-check';
import { zoneOffset } from './zone-offset.js';

describe('zoneOffset', () => {
  it.each([
    ['2026-01-12T10:05:00', 'America/Chicago', '-06:00'],
    ['2026-07-12T10:05:00', 'America/Chicago', '-05:00'],
    ['2026-07-12T10:05', 'Asia/Kolkata', '+05:30'],
    ['2026-01-01T00:00:00', 'Pacific/Kiritimati', '+14:00'],
    ['2026-01-01T00:00:00.123', 'Pacific/Pago_Pago', '-11:00'],
    ['2026-06-01T00:00:00', 'UTC', '+00:00'],
    ['2024-02-29T12:00:00', 'Europe/London', '+00:00'],
  ])('knows that %s in %s is %s', (local, zone, offset) => {
    expect(zoneOffset(local, zone)).toEqual({ offset, ambiguous: false });
  });

  it('takes the first of two, and says so, when clocks go back', () => {
    expect(zoneOffset('2026-11-01T01:30:00', 'America/Chicago')).toEqual({
      offset: '-05:00',
      ambiguous: true,
    });
  });

  it.each([
    ['2026-03-08T02:30:00', 'America/Chicago'],
    ['2026-02-30T12:00:00', 'UTC'],
    ['2026-13-01T12:00:00', 'UTC'],
    ['2026-01-01T24:00:00', 'UTC'],
    ['2026-01-01', 'UTC'],
    ['', 'UTC'],
  ])('knows no offset for %j in %s', (local, zone) => {
    expect(zoneOffset(local, zone)).toBeUndefined();
  });

  it('gives back the local time of any instant', () => {
    const zone = fc.constantFrom(
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
      'UTC',
    );
    const instant = fc.integer({ min: Date.UTC(1990, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 });
    fc.assert(
      fc.property(zone, instant, (timeZone, minutes) => {
        const at = new Date(minutes * 60_000);
        const local = at.toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');
        const found = zoneOffset(local, timeZone);
        const again = new Date(`${local}${found?.offset ?? ''}`);
        const apart = Math.abs(again.getTime() - at.getTime());
        expect(found?.ambiguous === true ? apart % 1_800_000 : apart).toBe(0);
      }),
    );
  });
});
