import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { SqlAnchorLog } from './sql-anchor-log.js';
import { SqlFollowerPositions } from './sql-follower-positions.js';

const place = { chainId: '1', contract: '0xaa', logId: '7' };
const headOf = (size: bigint) => ({ size, root: Buffer.alloc(32, Number(size)) });
const at = (size: bigint) => ({ size, transaction: '0x01', block: 5n, blockHash: '0x02' });
const conflict = { code: 'version-conflict' };

describe('SqlAnchorLog', () => {
  let database: TestDatabase;
  let anchors: SqlAnchorLog;
  beforeEach(async () => {
    database = await openTestDatabase();
    anchors = new SqlAnchorLog(database.pool, 'default', () => 1_000);
  });
  afterEach(() => database.close());

  it('notes a head once, and no other root for its size', async () => {
    const first = await anchors.prepare(headOf(3n), place);
    expect(first).toMatchObject({
      ...place,
      size: 3n,
      state: 'prepared',
      createdMs: 1_000,
      evidence: undefined,
    });
    expect(await anchors.prepare(headOf(3n), place)).toEqual(first);
    await expect(anchors.prepare({ ...headOf(3n), root: Buffer.alloc(32) }, place)).rejects.toMatchObject(
      conflict,
    );
  });

  it('follows an anchor to its end, through a reorganisation', async () => {
    await anchors.prepare(headOf(3n), place);
    await anchors.advance({ kind: 'submitted', size: 3n, transaction: '0x09' });
    await anchors.advance({ kind: 'included', ...at(3n) });
    await anchors.advance({ kind: 'reorged', size: 3n });
    expect(await anchors.newest()).toBeUndefined();
    await anchors.advance({ kind: 'submitted', size: 3n, transaction: '0x10' });
    await anchors.advance({ kind: 'final', ...at(3n) }, { codeHash: '0x03' });
    expect(await anchors.newest()).toMatchObject({
      state: 'final',
      block: 5n,
      evidence: { codeHash: '0x03' },
    });
    expect(await anchors.open()).toEqual([]);
  });

  it.each([
    { kind: 'reorged', size: 3n } as const,
    { kind: 'submitted', size: 3n, transaction: '0x' } as const,
  ])('takes back no final anchor: $kind', async (state) => {
    await anchors.prepare(headOf(3n), place);
    await anchors.advance({ kind: 'final', ...at(3n) });
    await expect(anchors.advance(state)).rejects.toMatchObject(conflict);
  });

  it('refuses to advance what was never prepared', async () => {
    await expect(anchors.advance({ kind: 'final', ...at(3n) })).rejects.toMatchObject(conflict);
  });

  it('finds the first anchor that covers a record at each place', async () => {
    for (const size of [3n, 5n, 9n])
      await anchors.prepare(headOf(size), { ...place, logId: size === 9n ? '8' : '7' });
    expect(await anchors.covering(1n)).toEqual([]);
    for (const size of [3n, 5n, 9n]) await anchors.advance({ kind: 'included', ...at(size) });
    expect((await anchors.covering(2n)).map(({ size }) => size)).toEqual([3n, 9n]);
    expect((await anchors.covering(3n)).map(({ size }) => size)).toEqual([5n, 9n]);
    expect(await anchors.covering(9n)).toEqual([]);
    expect((await anchors.open()).map(({ size }) => size)).toEqual([3n, 5n, 9n]);
  });
});

describe('SqlFollowerPositions', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase();
  });
  afterEach(() => database.close());

  it('moves each follower from where it was, and only from there', async () => {
    const positions = new SqlFollowerPositions(database.pool, 'default');
    expect(await positions.position('kafka')).toBe(0n);
    await positions.advance('kafka', 0n, 4n);
    await positions.advance('anchor', 0n, 2n);
    await positions.advance('kafka', 4n, 9n);
    expect(await positions.position('kafka')).toBe(9n);
    expect(await positions.position('anchor')).toBe(2n);
    await expect(positions.advance('kafka', 4n, 10n)).rejects.toMatchObject(conflict);
    await expect(positions.advance('kafka', 0n, 10n)).rejects.toMatchObject(conflict);
    await expect(positions.advance('kafka', 9n, 8n)).rejects.toMatchObject({ code: 'invalid-value' });
    await expect(positions.advance('new', 3n, 8n)).rejects.toMatchObject(conflict);
  });

  it('lets one of two leaders advance', async () => {
    const positions = new SqlFollowerPositions(database.pool, 'default');
    const outcomes = await Promise.allSettled([1n, 2n, 3n].map((to) => positions.advance('f', 0n, to)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
