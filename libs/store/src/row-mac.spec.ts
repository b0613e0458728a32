import fc from 'fast-check';
import { RowMac, type ColumnValue } from './row-mac.js';

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.integer(),
  fc.bigInt(),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 4 }),
  fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 3 }),
);
const row = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'ab'), value);
const key = new Uint8Array(32).fill(7);

function plain(one: ColumnValue | undefined): unknown {
  if (one instanceof Uint8Array) {
    return ['bytes', ...one];
  }
  return [typeof one === 'bigint' ? 'number' : typeof one, String(one), Array.isArray(one) ? one : []];
}

function differs(a: ColumnValue | undefined, b: ColumnValue | undefined): boolean {
  return JSON.stringify(plain(a)) !== JSON.stringify(plain(b));
}

describe('RowMac', () => {
  const mac = new RowMac(key);

  it('gives different rows different MACs', () => {
    fc.assert(
      fc.property(row, row, (one, other) => {
        const names = new Set([...Object.keys(one), ...Object.keys(other)]);
        const same = [...names].every(
          (name) => name in one && name in other && !differs(one[name], other[name]),
        );
        expect(Buffer.compare(mac.of('t', one), mac.of('t', other)) === 0).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot be confused by moving text between columns, tables or list members', () => {
    const macs = [
      mac.of('t', { a: 'x', b: 'y' }),
      mac.of('t', { a: 'xy', b: '' }),
      mac.of('ta', { '': 'x', b: 'y' }),
      mac.of('t', { a: ['x', 'y'] }),
      mac.of('t', { a: ['xy'] }),
      mac.of('t', { a: '["x","y"]' }),
      mac.of('t', { a: ['x', 'y'], b: [] }),
    ];
    expect(new Set(macs.map((one) => Buffer.from(one).toString('hex'))).size).toBe(macs.length);
  });

  it('passes over the column that holds the MAC itself, and the order of the columns', () => {
    const expected = mac.of('t', { a: 1, b: null });
    expect(mac.of('t', { mac: expected, b: null, a: 1n })).toEqual(expected);
  });

  it('refuses a changed row, a cut MAC, and the MAC of another key', () => {
    const good = mac.of('t', { a: 1 });
    expect(() => mac.check('t', { a: 1 }, good, 't/1')).not.toThrow();
    const refusal = expect.objectContaining({ code: 'integrity-failure', details: 't/1' });
    expect(() => mac.check('t', { a: 2 }, good, 't/1')).toThrow(refusal);
    expect(() => mac.check('t', { a: 1 }, good.subarray(0, 31), 't/1')).toThrow(refusal);
    const other = new RowMac(new Uint8Array(32)).of('t', { a: 1 });
    expect(() => mac.check('t', { a: 1 }, other, 't/1')).toThrow(refusal);
  });
});
