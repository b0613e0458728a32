import { randomUUID } from 'node:crypto';
import {
  EMPTY_ROOT,
  hashLeaf,
  type LogStore,
  parseCheckpointText,
  parseNote,
  Seal,
  TILE_WIDTH,
  tileWidth,
  verifyConsistency,
  verifyInclusion,
} from '#provenance';
import type { RowChange } from '../change.js';
import { makeItem, makeSubject } from './log-fixture.js';

/** A store to be tested; `first` is the index of the next record. */
export interface LogUnderTest {
  readonly log: LogStore<RowChange>;
  readonly first: bigint;
}

type MakeLog = () => Promise<LogUnderTest>;

/** What every `LogStore` does. `make` gives a log of its own, in which nothing else appends. */
export function shouldBehaveLikeLogStore(make: MakeLog): void {
  appendsInOrder(make);
  provesWhatItHolds(make);
  servesTiles(make);
}

function appendsInOrder(make: MakeLog): void {
  it('seals what it appends, in the order of the items', async () => {
    const { log, first } = await make();
    const items = [makeItem(), makeItem([]), makeItem([makeSubject(), makeSubject()])];
    const seals = await log.append(items);
    expect(seals.map(({ index }) => index)).toEqual([first, first + 1n, first + 2n]);
    expect(seals.every((seal) => Seal.is(seal))).toBe(true);
    const entries = await log.entries(first, first + 3n);
    expect(entries.map((entry) => Buffer.from(hashLeaf(entry)))).toEqual(
      seals.map(({ leaf }) => Buffer.from(leaf)),
    );
    expect((await log.head()).size).toBe(first + 3n);
  });

  it('gives every record of concurrent appends an index of its own', async () => {
    const { log, first } = await make();
    const seals = (await Promise.all(Array.from({ length: 50 }, () => log.append([makeItem()])))).flat();
    const indexes = seals.map(({ index }) => Number(index - first)).toSorted((a, b) => a - b);
    expect(indexes).toEqual(Array.from({ length: 50 }, (_, at) => at));
  });

  it('appends nothing for no items', async () => {
    const { log } = await make();
    const before = await log.head();
    expect(await log.append([])).toEqual([]);
    expect(await log.head()).toEqual(before);
  });

  it('refuses a second record with the same id, and leaves the log as it was', async () => {
    const { log } = await make();
    const item = makeItem();
    await log.append([item]);
    const before = await log.head();
    await expect(log.append([item])).rejects.toMatchObject({ code: 'version-conflict' });
    await expect(log.append([makeItem(), item])).rejects.toMatchObject({ code: 'version-conflict' });
    const twice = makeItem();
    await expect(log.append([twice, twice])).rejects.toMatchObject({ code: 'version-conflict' });
    expect(await log.head()).toEqual(before);
    await expect(log.append([makeItem()])).resolves.toHaveLength(1);
  });

  it('takes one person several times in one record, and several persons in any order', async () => {
    const { log } = await make();
    const [one, other] = [randomUUID(), randomUUID()];
    const records = [
      [makeSubject(one), makeSubject(other), makeSubject(one)],
      [makeSubject(other), makeSubject(one)],
    ];
    await expect(
      Promise.all(records.map((subjects) => log.append([makeItem(subjects)]))),
    ).resolves.toHaveLength(2);
  });
}

function provesWhatItHolds(make: MakeLog): void {
  it('proves inclusion of each record under the head that its seal names', async () => {
    const { log } = await make();
    for (const count of [1, 3, 9]) {
      const seals = await log.append(Array.from({ length: count }, () => makeItem()));
      const { size, root } = await log.head();
      for (const { index, leaf, size: sealed } of seals) {
        expect(sealed).toBe(size);
        expect(verifyInclusion({ leaf, index, size, root }, await log.inclusion(index, size))).toBe(true);
      }
    }
  });

  it('proves that every later head continues every earlier one', async () => {
    const { log } = await make();
    const heads = [];
    for (const count of [1, 2, 300, 5]) {
      await log.append(Array.from({ length: count }, () => makeItem([])));
      heads.push(await log.head());
    }
    const newest = await log.head();
    for (const { size, root } of heads) {
      const claim = { size1: size, root1: root, size2: newest.size, root2: newest.root };
      expect(verifyConsistency(claim, await log.consistency(size, newest.size))).toBe(true);
    }
  });

  it('signs a checkpoint of its head', async () => {
    const { log } = await make();
    await log.append([makeItem()]);
    const { extensions, ...head } = parseCheckpointText(parseNote(await log.checkpoint()).text);
    const { origin, size, root } = await log.head();
    expect({ ...head, root: Buffer.from(head.root) }).toEqual({ origin, size, root: Buffer.from(root) });
    expect(extensions).toEqual([]);
    expect(Buffer.from(root)).not.toEqual(Buffer.from(EMPTY_ROOT));
  });

  it('refuses proofs of what is not there', async () => {
    const { log } = await make();
    await log.append([makeItem()]);
    const { size } = await log.head();
    const invalid = { code: 'invalid-value' };
    await expect(log.inclusion(size, size)).rejects.toMatchObject(invalid);
    await expect(log.inclusion(0n, size + 1n)).rejects.toMatchObject(invalid);
    await expect(log.consistency(0n, size)).rejects.toMatchObject(invalid);
    await expect(log.consistency(1n, size + 1n)).rejects.toMatchObject(invalid);
    await expect(log.entries(0n, size + 1n)).rejects.toMatchObject(invalid);
    await expect(log.entries(-1n, size)).rejects.toMatchObject(invalid);
  });
}

function servesTiles(make: MakeLog): void {
  it('serves full and partial tiles whose hashes are those of the entries', async () => {
    const { log, first } = await make();
    for (const count of [200, 200, 200]) {
      await log.append(Array.from({ length: count }, () => makeItem([])));
    }
    const { size } = await log.head();
    expect(size).toBe(first + 600n);
    const leaves = (await log.entries(0n, size)).map(hashLeaf);
    for (let index = 0n; index * 256n < size; index++) {
      const width = tileWidth(0, index, size);
      const from = Number(index) * TILE_WIDTH;
      const tile = await log.tile(0, index, width);
      expect(Buffer.concat(tile)).toEqual(Buffer.concat(leaves.slice(from, from + width)));
    }
    expect(await log.tile(1, 0n, tileWidth(1, 0n, size))).toHaveLength(2);
  });

  it('serves the narrower form of a tile that has grown, and nothing beyond the head', async () => {
    const { log } = await make();
    await log.append(Array.from({ length: 300 }, () => makeItem([])));
    const { size } = await log.head();
    expect(await log.tile(0, 0n, 7)).toEqual((await log.tile(0, 0n, 256)).slice(0, 7));
    const invalid = { code: 'invalid-value' };
    await expect(log.tile(0, 1n, tileWidth(0, 1n, size) + 1)).rejects.toMatchObject(invalid);
    await expect(log.tile(1, 0n, 2)).rejects.toMatchObject(invalid);
    await expect(log.tile(0, 0n, 0)).rejects.toMatchObject(invalid);
    await expect(log.tile(0, 0n, 257)).rejects.toMatchObject(invalid);
    await expect(log.tile(0, -1n, 1)).rejects.toMatchObject(invalid);
  });
}
