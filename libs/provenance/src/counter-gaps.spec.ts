import fc from 'fast-check';
import { counterFaults } from './counter-gaps.js';

describe('counterFaults', () => {
  it('finds nothing wrong with a whole counter, in any order', () => {
    expect(counterFaults([3n, 1n, 2n], 3n)).toEqual({ gaps: [], repeated: [] });
    expect(counterFaults([])).toEqual({ gaps: [], repeated: [] });
  });

  it('finds the head, the middle and the tail that are missing', () => {
    expect(counterFaults([3n, 6n], 8n).gaps).toEqual([
      { from: 1n, to: 2n },
      { from: 4n, to: 5n },
      { from: 7n, to: 8n },
    ]);
  });

  it('finds what was given out twice', () => {
    expect(counterFaults([1n, 2n, 2n]).repeated).toEqual([2n]);
  });

  it('misses no record that was taken away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (count, pick) => {
        const all = Array.from({ length: count }, (_, i) => BigInt(i + 1));
        const lost = BigInt((pick % count) + 1);
        const left = all.filter((counter) => counter !== lost);
        expect(counterFaults(left, BigInt(count)).gaps).toEqual([{ from: lost, to: lost }]);
      }),
    );
  });
});
