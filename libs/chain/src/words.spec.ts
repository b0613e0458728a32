import fc from 'fast-check';
import { decodeDelegateWord, decodeGrantWord, encodeGrantWord } from './words.js';

describe('grant words', () => {
  it('have kind, window, epoch, version and half a commitment, from the high bits', () => {
    const word = BigInt(['0x01', '0000000a', '00000014', '00000003', '000007', 'f'.repeat(32)].join(''));
    expect(decodeGrantWord(word)).toEqual({
      kind: 'permit',
      from: 10,
      to: 20,
      epoch: 3,
      version: 7,
      commitmentLow: (1n << 128n) - 1n,
    });
  });

  it('come back as they were', () => {
    const seconds = fc.integer({ min: 0, max: 0xffffffff });
    const words = fc.record({
      kind: fc.constantFrom('none' as const, 'permit' as const, 'deny' as const, 'revoked' as const),
      from: seconds,
      to: seconds,
      epoch: seconds,
      version: fc.integer({ min: 0, max: 0xffffff }),
      commitmentLow: fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
    });
    fc.assert(
      fc.property(words, (word) => {
        expect(decodeGrantWord(encodeGrantWord(word))).toEqual(word);
      }),
    );
  });

  it('of an unknown kind permit nothing', () => {
    expect(decodeGrantWord(9n << 248n).kind).toBe('none');
  });
});

describe('delegate words', () => {
  it('have rights, window, key epoch, version, since and veto, from the high bits', () => {
    const text = ['0x1f', '0000000a', '00000014', '00000002', '000007', '000005', '0000001e'].join('');
    expect(decodeDelegateWord(BigInt(text) << 72n)).toEqual({
      rights: 31,
      from: 10,
      to: 20,
      keyEpoch: 2,
      version: 7,
      since: 5,
      vetoUntil: 30,
    });
  });
});
