import { hashLeaf, rootFromTiles, sameBytes, TILE_WIDTH } from '#provenance';
import { LogTail } from './log-tail.js';
import { splitHashes } from './stored-tiles.js';

const leafAt = (index: number): Uint8Array => hashLeaf(Buffer.from(String(index)));

describe('LogTail', () => {
  it('gives the same root and tiles however the leaves are batched', async () => {
    const whole = LogTail.empty.append(Array.from({ length: 66_000 }, (_, at) => leafAt(at)));
    const tiles = new Map(whole.tiles.map(({ level, index, hashes }) => [`${level}/${index}`, hashes]));
    expect([...tiles.keys()].filter((name) => name.startsWith('2/'))).toEqual(['2/0']);
    let tail = LogTail.empty;
    const stored = new Map<string, Uint8Array>();
    for (const count of [1, 255, 1, 65_279, 1, 400, 63]) {
      const from = Number(tail.size);
      const grown = tail.append(Array.from({ length: count }, (_, at) => leafAt(from + at)));
      for (const { level, index, hashes } of grown.tiles) stored.set(`${level}/${index}`, hashes);
      ({ tail } = grown);
    }
    expect(tail.size).toBe(66_000n);
    expect(sameBytes(tail.root(), whole.tail.root())).toBe(true);
    expect([...stored.keys()].toSorted()).toEqual([...tiles.keys()].toSorted());
    for (const [name, hashes] of tiles)
      expect(sameBytes(stored.get(name) ?? Buffer.alloc(0), hashes)).toBe(true);
  });

  it('leaves the tail that a failed batch began with as it was', () => {
    const { tail } = LogTail.empty.append([leafAt(0), leafAt(1)]);
    const root = tail.root();
    const grown = tail.append([leafAt(2)]);
    expect(tail.size).toBe(2n);
    expect(sameBytes(tail.root(), root)).toBe(true);
    expect(sameBytes(grown.tail.root(), tail.append([leafAt(2)]).tail.root())).toBe(true);
  });

  it('stores tiles from which the root can be made', async () => {
    const { tail, tiles } = LogTail.empty.append(Array.from({ length: 700 }, (_, at) => leafAt(at)));
    const stored = new Map(
      tiles.map(({ level, index, hashes }) => [`${level}/${index}`, splitHashes(hashes)]),
    );
    const root = await rootFromTiles(700n, (level, index, width) => {
      const open = level === 0 && width < TILE_WIDTH;
      const from = Number(index) * TILE_WIDTH;
      return open
        ? Array.from({ length: width }, (_, at) => leafAt(from + at))
        : (stored.get(`${level}/${index}`) ?? []);
    });
    expect(sameBytes(root, tail.root())).toBe(true);
  });
});
