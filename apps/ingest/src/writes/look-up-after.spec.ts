import { PERMIT_LIFETIME_MS } from '#consent';
import { lookUpAfterMs } from './look-up-after.js';

/** A vendor that may take so long for a write. */
const taking = (timeoutMs: number) => ({
  write: {
    types: [{ type: 'Condition', methods: ['create' as const] }],
    foundBy: 'tag' as const,
    timeoutMs,
    bytes: 1_024,
  },
});

describe('lookUpAfterMs', () => {
  it('looks no write up that may still be under way at the slowest vendor', () => {
    const vendors = [taking(10_000), taking(600_000), { write: undefined }];
    expect(lookUpAfterMs(30_000, vendors)).toBeGreaterThan(600_000 + PERMIT_LIFETIME_MS);
    expect(lookUpAfterMs(1_000, [taking(50)])).toBeGreaterThan(50 + PERMIT_LIFETIME_MS);
  });

  it('is what is configured where that is longer, or where no vendor takes writes', () => {
    expect(lookUpAfterMs(900_000, [taking(10_000)])).toBe(900_000);
    expect(lookUpAfterMs(30_000, [taking(10_000)])).toBe(30_000);
    expect(lookUpAfterMs(1_000, [{ write: undefined }])).toBe(1_000);
    expect(lookUpAfterMs(1_000, [])).toBe(1_000);
  });
});
