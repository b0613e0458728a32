import { durationS, timeS } from './duration.js';
import { CommandError } from './exit.js';

describe('durationS', () => {
  it.each([
    ['10s', 10],
    ['5m', 300],
    ['1h', 3_600],
    ['30d', 2_592_000],
    ['0s', 0],
  ])('reads %s', (text, seconds) => {
    expect(durationS(text)).toBe(seconds);
  });

  it.each(['', '10', 's', '-1s', '1.5h', '1w', '1h30m', ' 1s', '1234567s'])(
    'refuses "%s" as wrong usage',
    (text) => {
      expect(() => durationS(text)).toThrow(CommandError);
      expect(() => durationS(text)).toThrow(expect.objectContaining({ exitCode: 64 }));
    },
  );
});

describe('timeS', () => {
  it('reads an RFC 3339 time as Unix seconds', () => {
    expect(timeS('2027-01-31T00:00:00Z')).toBe(Date.UTC(2027, 0, 31) / 1000);
    expect(timeS('2027-01-31T01:00:00.900+01:00')).toBe(Date.UTC(2027, 0, 31) / 1000);
  });

  it('refuses anything else as wrong usage', () => {
    expect(() => timeS('soon')).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});
