import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { fromBase64, fromHex, toBase64, toHex } from './encoding.js';
import { hmacSha256, keccak256, sha256 } from './hash.js';

const malformed = expect.objectContaining({ code: 'malformed' });

describe('sha256', () => {
  it('hashes bytes, and strings as UTF-8', () => {
    expect(toHex(sha256('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const expected = createHash('sha256').update(text, 'utf8').digest('hex');
        expect(toHex(sha256(text))).toBe(expected);
        expect(toHex(sha256(new TextEncoder().encode(text)))).toBe(expected);
      }),
    );
  });
});

describe('keccak256', () => {
  it('is the hash of Ethereum, not SHA3-256', () => {
    expect(toHex(keccak256(''))).toBe('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470');
    expect(toHex(keccak256(new TextEncoder().encode('abc')))).toBe(
      '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45',
    );
  });
});

describe('hmacSha256', () => {
  it('agrees with node:crypto for every length of key and message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 300 }), (key, data) => {
        expect(toHex(hmacSha256(key, data))).toBe(createHmac('sha256', key).update(data).digest('hex'));
      }),
    );
  });

  it('gives the value of RFC 4231 test case 2, from a string', () => {
    expect(toHex(hmacSha256(Buffer.from('Jefe'), 'what do ya want for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('hex and base64', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(toHex(fromHex(toHex(bytes)))).toBe(toHex(bytes));
        expect(toHex(fromBase64(toBase64(bytes)))).toBe(toHex(bytes));
      }),
    );
  });

  it.each(['0', 'AB', '0x00', 'zz', '00 '])('refuse %p as hex', (text) => {
    expect(() => fromHex(text)).toThrow(malformed);
  });

  it.each(['A', 'AA', 'AAA', 'AA==\n', 'AB==', 'AAB=', 'A-A=', 'AA=A', '===='])(
    'refuse %p as base64',
    (text) => {
      expect(() => fromBase64(text)).toThrow(malformed);
    },
  );
});
