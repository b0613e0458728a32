import fc from 'fast-check';
import { parseStrict, writeJson, type JsonValue } from '#digest';
import { GatewayError } from '#outcome';
import { applyPatch, parsePatch } from './json-patch.js';
import { isObject } from './json-shape.js';
import { sameValue } from './same-value.js';

/** Text in, text out: what a patch does to the bytes. */
function patched(resource: string, patch: string): string {
  const parsed = parseStrict(resource);
  return writeJson(applyPatch(isObject(parsed) ? parsed : {}, parsePatch(parseStrict(patch))));
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'done';
  } catch (error) {
    return error instanceof GatewayError ? error.code : 'other';
  }
}

const copies = (count: number) =>
  JSON.stringify(Array.from({ length: count }, (_, at) => ({ op: 'copy', from: '/a', path: `/b${at}` })));

describe('applyPatch', () => {
  it.each([
    ['[{"op":"add","path":"/b","value":1}]', '{"a":120.00}', '{"a":120.00,"b":1}'],
    ['[{"op":"add","path":"/a","value":2}]', '{"a":1,"b":1}', '{"a":2,"b":1}'],
    ['[{"op":"add","path":"/a/1","value":2.50}]', '{"a":[1,3]}', '{"a":[1,2.50,3]}'],
    ['[{"op":"add","path":"/a/-","value":9}]', '{"a":[1,3]}', '{"a":[1,3,9]}'],
    ['[{"op":"remove","path":"/a/0"}]', '{"a":[1,3],"b":1.10}', '{"a":[3],"b":1.10}'],
    ['[{"op":"remove","path":"/a"}]', '{"a":1,"b":1}', '{"b":1}'],
    ['[{"op":"replace","path":"/a/b/c","value":null}]', '{"a":{"b":{"c":1}}}', '{"a":{"b":{"c":null}}}'],
    ['[{"op":"move","from":"/a/0","path":"/b"}]', '{"a":[1.0]}', '{"a":[],"b":1.0}'],
    ['[{"op":"copy","from":"/a","path":"/b"}]', '{"a":[1.0]}', '{"a":[1.0],"b":[1.0]}'],
    [
      '[{"op":"test","path":"/a","value":120},{"op":"remove","path":"/b"}]',
      '{"a":120.00,"b":1}',
      '{"a":120.00}',
    ],
    [
      '[{"op":"test","path":"/a","value":{"y":1,"x":[2.0]}}]',
      '{"a":{"x":[2],"y":1}}',
      '{"a":{"x":[2],"y":1}}',
    ],
    ['[{"op":"replace","path":"/a~1b/m~0n","value":2}]', '{"a/b":{"m~n":1}}', '{"a/b":{"m~n":2}}'],
    ['[{"op":"replace","path":"","value":{"b":1}}]', '{"a":1}', '{"b":1}'],
    ['[{"op":"add","path":"/__proto__","value":{"x":1}}]', '{"a":1}', '{"a":1,"__proto__":{"x":1}}'],
    ['[]', '{"a":1.50}', '{"a":1.50}'],
  ])('%s', (patch, before, after) => {
    expect(patched(before, patch)).toBe(after);
  });

  it.each([
    ['a place that is not there', '[{"op":"remove","path":"/x"}]'],
    ['a place below what has none', '[{"op":"add","path":"/x/y","value":1}]'],
    ['a place below a number', '[{"op":"add","path":"/a/y","value":1}]'],
    ['an index beyond the end', '[{"op":"add","path":"/l/3","value":1}]'],
    ['an index with a leading zero', '[{"op":"replace","path":"/l/00","value":1}]'],
    ['the end where something must be', '[{"op":"replace","path":"/l/-","value":1}]'],
    ['a test that fails', '[{"op":"test","path":"/a","value":2}]'],
    ['a test of null where nothing is', '[{"op":"test","path":"/x","value":null}]'],
    ['a test of a number as text', '[{"op":"test","path":"/a","value":"1"}]'],
    ['a move into itself', '[{"op":"move","from":"/o","path":"/o/p"}]'],
    ['a member that all objects inherit', '[{"op":"test","path":"/constructor","value":1}]'],
    ['a resource that becomes a list', '[{"op":"replace","path":"","value":[]}]'],
    ['a resource that goes', '[{"op":"remove","path":""}]'],
  ])('refuses %s, and nothing of the patch is done', (_what, patch) => {
    expect(codeOf(() => patched('{"a":1,"l":[1,2],"o":{}}', patch))).toBe('profile-invalid');
  });

  it.each([
    '{}',
    '[1]',
    '[{"op":"add","path":"/a"}]',
    '[{"op":"add","path":"a","value":1}]',
    '[{"op":"add","path":"/~2","value":1}]',
    '[{"op":"move","path":"/a"}]',
    '[{"op":"grow","path":"/a","value":1}]',
    '[{"path":"/a","value":1}]',
  ])('does not take %s for a patch', (patch) => {
    expect(codeOf(() => patched('{"a":1}', patch))).toBe('malformed');
  });

  it('lets copies of copies grow to a bound, and patches have so many operations', () => {
    const doubling = Array.from({ length: 40 }, (_, at) => ({ op: 'copy', from: '', path: `/c${at}` }));
    expect(codeOf(() => patched('{"a":1}', JSON.stringify(doubling)))).toBe('too-large');
    const long = JSON.stringify({ a: 'x'.repeat(100_000) });
    expect(codeOf(() => patched(long, copies(20)))).toBe('too-large');
    expect(patched(long, copies(5)).length).toBeGreaterThan(600_000);
    const many = Array.from({ length: 257 }, () => ({ op: 'test', path: '/a', value: 1 }));
    expect(codeOf(() => patched('{"a":1}', JSON.stringify(many)))).toBe('too-large');
  });

  it('never tells a value', () => {
    let told = '';
    try {
      patched('{"a":"secret"}', '[{"op":"test","path":"/a","value":"guess"}]');
    } catch (error) {
      told = String(error);
    }
    expect(told).toContain('operation 0 does not apply');
    expect(told).not.toMatch(/secret|guess/);
  });

  it('keeps the text of every number that it does not name', () => {
    const number = fc.tuple(fc.integer({ min: 0, max: 999 }), fc.stringMatching(/^\d{1,20}$/));
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), (parts) => {
        const numbers = parts.map(([whole, fraction]) => `${whole}.${fraction}`).join(',');
        const patch = '[{"op":"replace","path":"/b","value":2},{"op":"add","path":"/a/0","value":7}]';
        expect(patched(`{"a":[${numbers}],"b":1}`, patch)).toBe(`{"a":[7,${numbers}],"b":2}`);
      }),
    );
  });
});

describe('sameValue', () => {
  it.each([
    ['120.00', '120', true],
    ['1e2', '100', true],
    ['-0.0', '0', true],
    ['0.1', '0.10000000000000000001', false],
    ['12345678901234567890', '12345678901234567891', false],
    ['[1,2]', '[2,1]', false],
    ['{"a":1,"b":2}', '{"b":2.0,"a":1}', true],
    ['{"a":1}', '{"a":1,"b":2}', false],
    ['null', '{}', false],
  ])('%s and %s: %s', (a, b, same) => {
    const [one, other]: readonly JsonValue[] = [parseStrict(a), parseStrict(b)];
    expect(sameValue(one ?? null, other ?? null)).toBe(same);
  });
});
