import { trendOf } from './statistics.js';

/** Even, uneven, even: what no line explains. */
const noise = (at: number): number => (at % 2 === 0 ? 1 : -1);
const rising = (count: number) => trendOf(Array.from({ length: count }, (_, at) => 0.1 * at + noise(at)));
const wave = (period: number) =>
  trendOf(Array.from({ length: 120 }, (_, at) => Math.sin((2 * Math.PI * at) / period)));

describe('trendOf', () => {
  it('gives the slope of a line, and no doubt where there is none', () => {
    const { slope, halfWidth } = trendOf([3, 5, 7, 9, 11]);
    expect(slope).toBeCloseTo(2);
    expect(halfWidth).toBeCloseTo(0);
  });

  it('has an interval that holds the slope under noise, and is narrower with more values', () => {
    const [few, many] = [rising(20), rising(200)];
    expect(Math.abs(many.slope - 0.1)).toBeLessThan(many.halfWidth);
    expect(many.halfWidth).toBeLessThan(few.halfWidth);
  });

  it('is less sure where each value is like the one before', () => {
    expect(wave(60).halfWidth).toBeGreaterThan(2 * wave(3).halfWidth);
  });
});
