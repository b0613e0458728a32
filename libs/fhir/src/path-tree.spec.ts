import type { JsonObject } from '#digest';
import { growPathTree, walkPathTree } from './path-tree.js';

function found(paths: readonly string[], object: JsonObject): [string, unknown][] {
  const seen: [string, unknown][] = [];
  walkPathTree(growPathTree(paths.map((path) => [path, path])), object, (path, value) => {
    seen.push([path, value]);
  });
  return seen;
}

describe('walkPathTree', () => {
  it('enters lists and shares common steps', () => {
    const object = { a: [{ b: 1, c: 2 }, { b: [3, 4] }], d: 5 };
    expect(found(['a.b', 'a.c', 'd'], object)).toEqual([
      ['a.b', 1],
      ['a.c', 2],
      ['a.b', 3],
      ['a.b', 4],
      ['d', 5],
    ]);
  });

  it('goes on below a path that ends', () => {
    expect(found(['a', 'a.b'], { a: { b: 1 } })).toEqual([
      ['a', { b: 1 }],
      ['a.b', 1],
    ]);
  });

  it('keeps to a filter', () => {
    const telecom = [{ system: 'email', value: 'x' }, { system: 'phone', value: 'y' }, 'z'];
    expect(found(['telecom[system=email].value'], { telecom })).toEqual([
      ['telecom[system=email].value', 'x'],
    ]);
  });

  it('sees neither nulls nor what an object inherits', () => {
    expect(found(['a', 'toString', '__proto__', 'a.length'], { a: [null] })).toEqual([]);
  });
});
