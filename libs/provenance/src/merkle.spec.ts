import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cwd, env, stderr } from 'node:process';
import fc from 'fast-check';
import { sha256, toHex } from '#digest';
import { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.js';
import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from './frontier.js';
import { treeOf } from './testing/tile-memory.js';
import { parseTilePath, tilePath, tileWidth } from './tile-path.js';
import { consistencyProof, inclusionProof, rootFromTiles } from './tile-proof.js';
import { hashLeaf } from './tree-hash.js';
import { verifyConsistency, verifyInclusion } from './verify-proof.js';

const shared = env['PROVISO_SHARED'] ?? join(cwd(), '..', 'shared');
const present = existsSync(join(shared, 'vectors', 'merkle'));
if (!present) stderr.write('skipped: the Merkle and tlog test vectors are not here (PROVISO_SHARED)\n');
const describeVectors = present ? describe : describe.skip;

interface ProofCase {
  readonly leafIdx?: number;
  readonly treeSize?: number;
  readonly root?: string;
  readonly leafHash?: string;
  readonly size1?: number;
  readonly size2?: number;
  readonly root1?: string;
  readonly root2?: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

function cases(kind: string): ProofCase[] {
  const folder = join(shared, 'vectors', 'merkle', kind);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name): ProofCase => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

const bytes = (base64 = ''): Uint8Array => Buffer.from(base64, 'base64');
const leafNumber = (i: number): Uint8Array => hashLeaf(Buffer.from(`leaf ${i}`));

/** The tree hash of RFC 6962 2.1, word for word. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256('');
  if (leaves.length === 1) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.concat([Buffer.from([1]), naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k))]));
}

describeVectors('the transparency-dev proof vectors', () => {
  it('are each accepted or refused as they say (inclusion)', () => {
    const all = cases('inclusion');
    expect(all.length).toBeGreaterThanOrEqual(98);
    for (const { leafIdx, treeSize, root, leafHash, proof, desc, wantErr } of all) {
      const claim = {
        index: BigInt(leafIdx ?? 0),
        size: BigInt(treeSize ?? 0),
        root: bytes(root),
        leaf: bytes(leafHash),
      };
      expect([desc, verifyInclusion(claim, (proof ?? []).map(bytes))]).toEqual([desc, !wantErr]);
    }
  });

  it('are each accepted or refused as they say (consistency), a first size of zero refused', () => {
    const all = cases('consistency');
    expect(all.length).toBeGreaterThanOrEqual(98);
    expect(all.some(({ size1, wantErr }) => size1 === 0 && wantErr)).toBe(true);
    for (const { size1, size2, root1, root2, proof, desc, wantErr } of all) {
      const claim = {
        size1: BigInt(size1 ?? 0),
        size2: BigInt(size2 ?? 0),
        root1: bytes(root1),
        root2: bytes(root2),
      };
      expect([desc, verifyConsistency(claim, (proof ?? []).map(bytes))]).toEqual([desc, !wantErr]);
    }
  });
});

describe('appendLeaves', () => {
  it('gives the root of RFC 6962 at every size', () => {
    let frontier = EMPTY_FRONTIER;
    const leaves: Uint8Array[] = [];
    for (let i = 0; i < 70; i += 1) {
      expect(toHex(frontierRoot(frontier))).toBe(toHex(naiveRoot(leaves)));
      leaves.push(leafNumber(i));
      frontier = appendLeaves(frontier, [leafNumber(i)]);
    }
    expect(toHex(frontierRoot(appendLeaves(EMPTY_FRONTIER, leaves)))).toBe(toHex(frontierRoot(frontier)));
  });

  it('leaves the frontier that it was given as it was', () => {
    const before = appendLeaves(EMPTY_FRONTIER, [leafNumber(0), leafNumber(1), leafNumber(2)]);
    const root = toHex(frontierRoot(before));
    appendLeaves(before, [leafNumber(3)]);
    expect(toHex(frontierRoot(before))).toBe(root);
  });
});

describe('proofs from tiles', () => {
  const big = treeOf(Array.from({ length: 1200 }, (_, i) => leafNumber(i)));
  const sizes = fc.bigInt({ min: 1n, max: 1200n });

  it('verify for any leaf and size, and each altered bit makes them fail', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, pick, bit) => {
        const index = BigInt(pick) % size;
        const proof = await inclusionProof(index, size, big.read);
        const claim = { leaf: big.leaf(index), index, size, root: big.root(size) };
        expect(verifyInclusion(claim, proof)).toBe(true);
        expect(proof.every((_, i) => !verifyInclusion(claim, flip(proof, i, bit)))).toBe(true);
        expect(verifyInclusion(claim, [...proof, big.root(size)])).toBe(false);
        expect(proof.length > 0 && verifyInclusion(claim, proof.slice(0, -1))).toBe(false);
        expect(verifyInclusion({ ...claim, index: index ^ 1n }, proof)).toBe(size === 1n && index === 1n);
      }),
      { numRuns: 150 },
    );
  });

  it('show that any tree grew out of any earlier one, and fail for each altered bit', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.nat(), async (a, b, bit) => {
        const [size1, size2] = a < b ? [a, b] : [b, a];
        const proof = await consistencyProof(size1, size2, big.read);
        const claim = { size1, size2, root1: big.root(size1), root2: big.root(size2) };
        expect(verifyConsistency(claim, proof)).toBe(true);
        expect(proof.every((_, i) => !verifyConsistency(claim, flip(proof, i, bit)))).toBe(true);
        expect(verifyConsistency(claim, [...proof, big.root(size2)])).toBe(false);
        const [root1 = big.root(size1)] = flip([claim.root1], 0, bit);
        expect(verifyConsistency({ ...claim, root1 }, proof)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  it('give the root of any size', async () => {
    for (const size of [1n, 255n, 256n, 257n, 511n, 1200n]) {
      expect(toHex(await rootFromTiles(size, big.read))).toBe(toHex(big.root(size)));
    }
  });

  it('work at indices beyond 2^53', () => {
    const leaf = leafNumber(0);
    const size = 2n ** 60n;
    const proof = Array.from({ length: 60 }, (_, i) => leafNumber(i));
    const root = proof.reduce(
      (hash, sibling) => sha256(Buffer.concat([Buffer.from([1]), hash, sibling])),
      leaf,
    );
    expect(verifyInclusion({ leaf, index: 0n, size, root }, proof)).toBe(true);
    expect(verifyInclusion({ leaf, index: 2n ** 53n, size, root }, proof)).toBe(false);
    expect(verifyInclusion({ leaf, index: size, size, root }, proof)).toBe(false);
  });

  it('are refused for a leaf that is not there, and where a tile is cut', async () => {
    await expect(inclusionProof(5n, 5n, big.read)).rejects.toMatchObject({ code: 'invalid-value' });
    await expect(consistencyProof(0n, 5n, big.read)).rejects.toMatchObject({ code: 'invalid-value' });
    await expect(consistencyProof(6n, 5n, big.read)).rejects.toMatchObject({ code: 'invalid-value' });
    const cut = (level: number, index: bigint, width: number): Uint8Array[] =>
      big.read(level, index, width).slice(0, -1);
    await expect(inclusionProof(0n, 5n, cut)).rejects.toMatchObject({ code: 'integrity-failure' });
  });
});

function flip(proof: readonly Uint8Array[], at: number, bit: number): Uint8Array[] {
  return proof.map((hash, i) => {
    if (i !== at) return hash;
    const copy = Uint8Array.from(hash);
    const byte = Math.floor(bit / 8) % copy.length;
    copy[byte] = (copy[byte] ?? 0) ^ (1 << (bit % 8));
    return copy;
  });
}

describe('tile paths', () => {
  it.each([
    ['tile/0/x001/x234/067', { level: 0, index: 1234067n, width: 256 }],
    ['tile/0/273.p/112', { level: 0, index: 273n, width: 112 }],
    ['tile/63/000', { level: 63, index: 0n, width: 256 }],
    ['tile/entries/x123/456.p/1', { level: 'entries' as const, index: 123456n, width: 1 }],
  ])('name %s', (path, name) => {
    expect(tilePath(name)).toBe(path);
    expect(parseTilePath(path)).toEqual(name);
  });

  it.each([
    'tile/64/000',
    'tile/00/000',
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/001.p/0',
    'tile/0/001.p/256',
    'tile/0/001.p/01',
    'tile/0/001/002',
    '/tile/0/001',
    'tile/0/001\n',
    'tile/data/001',
  ])('are refused where they are not canonical: %j', (path) => {
    expect(() => parseTilePath(path)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('have the widths of the example of tlog-tiles, a tree of 70,000', () => {
    const widths = [tileWidth(0, 272n, 70_000n), tileWidth(0, 273n, 70_000n), tileWidth(0, 274n, 70_000n)];
    expect(widths).toEqual([256, 112, 0]);
    expect([tileWidth(1, 0n, 70_000n), tileWidth(1, 1n, 70_000n), tileWidth(2, 0n, 70_000n)]).toEqual([
      256, 17, 1,
    ]);
  });
});

describe('entry bundles', () => {
  it('are read back as they were written', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
    fc.assert(
      fc.property(entries, (list) => {
        expect(decodeEntryBundle(encodeEntryBundle(list)).map(toHex)).toEqual(list.map(toHex));
      }),
    );
  });

  it.each([[[0]], [[0, 2, 1]], [[0, 1, 1, 0]]])('are refused where they end within an entry: %j', (list) => {
    expect(() => decodeEntryBundle(Uint8Array.from(list))).toThrow(
      expect.objectContaining({ code: 'malformed' }),
    );
  });

  it('hold at most 256 entries', () => {
    const many = Array.from({ length: 257 }, () => new Uint8Array(1));
    expect(() => encodeEntryBundle(many)).toThrow(expect.objectContaining({ code: 'too-large' }));
    const encoded = Buffer.concat(many.map(() => Buffer.from([0, 1, 0])));
    expect(() => decodeEntryBundle(encoded)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});
