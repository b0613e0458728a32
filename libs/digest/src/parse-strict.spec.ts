import fc from 'fast-check';
import { GatewayError } from '#outcome';
import { Decimal, type JsonValue } from './json.js';
import { parseStrict } from './parse-strict.js';
import { writeJson } from './write-json.js';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(input: Uint8Array | string): GatewayError {
  try {
    parseStrict(input);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

/** What JSON.parse makes of it, with each Decimal as the double it stands for. */
function plain(value: JsonValue | undefined): unknown {
  if (value instanceof Decimal) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

describe('parseStrict', () => {
  it.each([
    ['a duplicate member name', '{"status":"final","status":"cancelled"}'],
    ['a duplicate that is written with an escape', String.raw`{"a":1,"\u0061":2}`],
    ['a duplicate whose first value is null', '{"a":null,"a":1}'],
    ['a duplicate __proto__', '{"__proto__":1,"__proto__":2}'],
    ['a lone high surrogate', String.raw`"\ud800"`],
    ['a lone low surrogate', String.raw`"\udc00x"`],
    ['surrogates in the wrong order', String.raw`"\udc00\ud800"`],
    ['a lone surrogate in a name', String.raw`{"\ud800":1}`],
    ['a lone surrogate of a string input', '"\ud800"'],
    ['a byte order mark', '\ufeff{}'],
    ['NaN', 'NaN'],
    ['Infinity', '[Infinity]'],
    ['-Infinity', '-Infinity'],
    ['a number beyond a double', '1e400'],
    ['a leading zero', '01'],
    ['a leading zero after a minus', '-01'],
    ['a plus sign', '+1'],
    ['a bare minus', '-'],
    ['a fraction without digits', '1.'],
    ['a fraction without an integer', '.5'],
    ['an exponent without digits', '1e'],
    ['a hexadecimal number', '0x10'],
    ['a trailing comma in an array', '[1,]'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a missing comma', '[1 2]'],
    ['a missing colon', '{"a" 1}'],
    ['a missing value', '{"a":}'],
    ['a name without quotes', '{a:1}'],
    ['single quotes', "'a'"],
    ['text after the value', '{} x'],
    ['a second value', '1 1'],
    ['a comment', '/* */1'],
    ['an unended string', '"abc'],
    ['an unended escape', '"abc\\'],
    ['an unended object', '{"a":1'],
    ['an unended array', '[1'],
    ['nothing', ''],
    ['white space alone', ' \n'],
    ['a raw control character', '"a\nb"'],
    ['a raw control character after an escape', '"\\ta\u0001"'],
    ['a bad escape', String.raw`"\x41"`],
    ['an escape named like an inherited property', String.raw`"\constructor"`],
    ['a short unicode escape', String.raw`"\u12"`],
    ['a unicode escape with a sign', String.raw`"\u+123"`],
    ['a non-breaking space', '\u00a01'],
    ['a misspelt literal', 'nul'],
    ['a literal that goes on', 'truex'],
  ])('refuses %s', (_, text) => {
    expect(refusal(text).code).toBe('malformed');
  });

  it.each([
    ['an overlong form', [0x22, 0xc0, 0x80, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x31]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('refuses bytes with %s', (_, bytes) => {
    expect(refusal(Uint8Array.from(bytes)).code).toBe('malformed');
  });

  it('accepts a depth of 128 and refuses 129', () => {
    expect(parseStrict('['.repeat(128) + ']'.repeat(128))).toBeInstanceOf(Array);
    expect(refusal('['.repeat(129) + ']'.repeat(129)).code).toBe('malformed');
    expect(refusal('{"a":'.repeat(100_000)).code).toBe('malformed');
    expect(parseStrict(`[${'[],'.repeat(1000)}[]]`)).toHaveLength(1001);
  });

  it('tells the fault and its offset, never content', () => {
    const error = refusal('{"name":"Doe","name":"Roe"}');
    expect(error.message).toBe('malformed: JSON at 14: duplicate member name');
  });

  it.each(['1.10', '120.00', '1152921504606846976', '1E2', '1e2', '-0', '0.10', '-1.0', '1.0e-7'])(
    'keeps the text of %s',
    (text) => {
      expect(parseStrict(text)).toEqual(new Decimal(text));
      expect(writeJson(parseStrict(text))).toBe(text);
    },
  );

  it.each(['0', '7', '-7', '123456789012345', '9007199254740991', '0.1', '-1.5', '1e+21', '5e-324'])(
    'reads %s as a number',
    (text) => {
      expect(parseStrict(text)).toBe(Number(text));
    },
  );

  it('takes names of inherited properties as any other name', () => {
    const text = '{"constructor":1,"__proto__":{"a":1},"toString":"x","hasOwnProperty":null}';
    const value = parseStrict(text);
    expect(writeJson(value)).toBe(text);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('reads escapes', () => {
    expect(parseStrict(String.raw`"\"\\\/\b\f\n\r\t\u20AC\ud83d\ude00z"`)).toBe('"\\/\b\f\n\r\t€😀z');
  });

  it('agrees with JSON.parse on whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const expected: unknown = JSON.parse(text);
        expect(plain(parseStrict(text))).toEqual(expected);
        expect(plain(parseStrict(utf8(text)))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts no text that JSON.parse refuses', () => {
    const alphabet = ['true', 'null', '"a"'].concat('{}[]",:\\ue0123456789.-+tfn '.split(''));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        try {
          parseStrict(text);
        } catch {
          return;
        }
        expect(() => {
          JSON.parse(text);
        }).not.toThrow();
      }),
      { numRuns: 5000 },
    );
  });

  it('gives back compact text unchanged through writeJson, numbers and order included', () => {
    const number = fc
      .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: 0, max: 9999 }), fc.nat(5))
      .map(
        ([whole, fraction, width]) => new Decimal(`${whole}.${String(fraction).padStart(width + 1, '0')}`),
      );
    const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        number,
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (tree) => {
        const text = writeJson(tree);
        expect(writeJson(parseStrict(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
