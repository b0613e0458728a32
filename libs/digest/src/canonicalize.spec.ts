import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cwd, env, stderr } from 'node:process';
import fc from 'fast-check';
import { canonicalize, canonicalMembers, joinMembers } from './canonicalize.js';
import { Decimal } from './json.js';
import { parseStrict } from './parse-strict.js';
import { numberCases } from './testing/number-cases.js';
import { writeJson } from './write-json.js';

const shared = env['PROVISO_SHARED'] ?? join(cwd(), '..', 'shared');
const vectors = join(shared, 'vectors', 'jcs');
const present = existsSync(vectors);
if (!present) stderr.write('skipped: the RFC 8785 test files are not here (PROVISO_SHARED)\n');

function doubleOf(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE(0);
}

/** As the test file writes it: without leading zeros. */
function hexOfDouble(double: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(double);
  return buffer.readBigUInt64BE(0).toString(16);
}

(present ? describe : describe.skip)('canonicalize on the test files of RFC 8785', () => {
  it('gives the bytes expected of each', () => {
    const names = readdirSync(join(vectors, 'input'));
    expect(names.length).toBeGreaterThanOrEqual(6);
    for (const name of names) {
      const actual = canonicalize(parseStrict(readFileSync(join(vectors, 'input', name))));
      expect(actual).toBe(readFileSync(join(vectors, 'output', name), 'utf8'));
      const hex = readFileSync(join(vectors, 'outhex', name.replace('.json', '.txt')), 'utf8');
      expect(Buffer.from(actual).toString('hex')).toBe(hex.replaceAll(/\s/g, ''));
    }
  });
});

describe('canonicalize', () => {
  // RFC 8785 Appendix B
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('prints the double %s as %s', (hex, text) => {
    expect(canonicalize(doubleOf(hex))).toBe(text);
  });

  it.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('refuses the double %s', (hex) => {
    expect(() => canonicalize(doubleOf(hex))).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('gives the published checksums of the number test file of RFC 8785, to 100,000 lines', () => {
    const sum = createHash('sha256');
    const checksums = new Map<number, string>();
    let lines = 0;
    for (const double of numberCases(100_000)) {
      sum.update(`${hexOfDouble(double)},${canonicalize(double)}\n`);
      lines += 1;
      if ([1000, 10_000, 100_000].includes(lines)) checksums.set(lines, sum.copy().digest('hex'));
    }
    expect(Object.fromEntries(checksums)).toEqual({
      1000: 'be18b62b6f69cdab33a7e0dae0d9cfa869fda80ddc712221570f9f40a5878687',
      10000: 'b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892',
      100000: '22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7',
    });
  });

  it('loses trailing zeros, as the RFC has it, where writeJson keeps them', () => {
    const value = parseStrict('{"value":120.00,"low":1.0E1}');
    expect(canonicalize(value)).toBe('{"low":10,"value":120}');
    expect(writeJson(value)).toBe('{"value":120.00,"low":1.0E1}');
  });

  it('sorts names by UTF-16 code units, many or few', () => {
    expect(canonicalize({ '\ufb33': 1, '\u{1f600}': 2, a: 3, A: 4, '10': 5, '9': 6 })).toBe(
      '{"10":5,"9":6,"A":4,"a":3,"\u{1f600}":2,"\ufb33":1}',
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'grapheme' }), { maxLength: 40 }), (names) => {
        const sorted = names.toSorted((a, b) => (a < b ? -1 : 1));
        const text = canonicalize(Object.fromEntries(names.map((name) => [name, null])));
        expect(text).toBe(`{${sorted.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`);
      }),
    );
  });

  it('is a fixed point, whatever the order of members was', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const once = canonicalize(parseStrict(text));
        expect(canonicalize(parseStrict(once))).toBe(once);
      }),
    );
  });

  it('leaves out undefined members and takes a Decimal as its double', () => {
    expect(canonicalize({ b: undefined, a: new Decimal('1.50') })).toBe('{"a":1.5}');
    expect(writeJson({ b: undefined, a: new Decimal('1.50') })).toBe('{"a":1.50}');
  });

  it.each([canonicalize, writeJson])('refuses lone surrogates and infinities in %p', (write) => {
    for (const value of ['\ud800', { '\udfff': 1 }, [Number.NaN], Number.NEGATIVE_INFINITY]) {
      expect(() => write(value)).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
  });
});

describe('joinMembers', () => {
  it('makes of canonical members what canonicalize makes of the object', () => {
    const object = {
      b: [1, { z: null, a: 'é' }],
      a: { '\u{1f600}': 1, '\ufb33': 2 },
      '\ufb33': 0,
      '\u{1f600}': false,
    };
    expect(joinMembers(canonicalMembers({ ...object, gone: undefined }))).toBe(canonicalize(object));
    expect(joinMembers(canonicalMembers({}))).toBe('{}');
  });
});
