import fc from 'fast-check';
import { uuidv5, uuidv7 } from './uuid.js';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const invalid = expect.objectContaining({ code: 'invalid-value' });

describe('uuidv5', () => {
  it('gives the example of RFC 9562 A.4', () => {
    expect(uuidv5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(uuidv5(DNS.toUpperCase(), 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('refuses a namespace that is no UUID', () => {
    expect(() => uuidv5('dns', 'a')).toThrow(invalid);
  });
});

describe('uuidv7', () => {
  it('gives the example of RFC 9562 A.6', () => {
    const random = Buffer.from('0cc318c4dc0c0c07398f', 'hex');
    expect(uuidv7(1645557742000, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it('sorts by time and marks version and variant', () => {
    const times = fc.tuple(fc.nat(2 ** 31), fc.nat(2 ** 31));
    const random = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(times, random, random, ([a, b], first, second) => {
        const one = uuidv7(a, first);
        expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        const other = uuidv7(b, second);
        expect(a === b || one < other === a < b).toBe(true);
      }),
    );
  });

  it.each([-1, 1.5, 2 ** 48, Number.NaN])('refuses the time %p', (time) => {
    expect(() => uuidv7(time, new Uint8Array(10))).toThrow(invalid);
  });

  it('refuses too little randomness', () => {
    expect(() => uuidv7(0, new Uint8Array(9))).toThrow(invalid);
  });
});
