import { mkdir, mkdtemp, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HighWaterFile, readHighWater } from './high-water.js';

const headOf = (size: bigint) => ({
  origin: 'example.org/log/t',
  size,
  root: Buffer.alloc(32, Number(size)),
});

const neverFails = (cause: unknown): void => {
  throw cause;
};

describe('HighWaterFile', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proviso-mark-'));
    path = join(folder, 'high-water.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('says none before the first mark', async () => {
    expect(await readHighWater(path)).toEqual({ kind: 'none' });
  });

  it('keeps the newest head across a flush, readable for its owner alone', async () => {
    const file = new HighWaterFile(path, neverFails);
    for (const size of [1n, 2n, 3n]) file.note(headOf(size));
    await file.flush();
    expect(await readHighWater(path)).toEqual({ kind: 'mark', head: headOf(3n) });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps the larger of two gateways’ marks', async () => {
    const [ahead, behind] = [new HighWaterFile(path, neverFails), new HighWaterFile(path, neverFails)];
    ahead.note(headOf(9n));
    await ahead.flush();
    behind.note(headOf(8n));
    await behind.flush();
    expect(await readHighWater(path)).toEqual({ kind: 'mark', head: headOf(9n) });
    expect(await readdir(folder)).toEqual(['high-water.json']);
  });

  it('writes on its own within the interval', async () => {
    const file = new HighWaterFile(path, neverFails, 1);
    file.note(headOf(7n));
    const deadline = Date.now() + 5_000;
    let reading = await readHighWater(path);
    while (reading.kind === 'none' && Date.now() < deadline) reading = await readHighWater(path);
    expect(reading).toEqual({ kind: 'mark', head: headOf(7n) });
  });

  it.each([
    ['cut', '{"origin":"a","size":"1"'],
    ['empty', ''],
    ['of another shape', '{"origin":"a","size":1,"root":""}'],
  ])('tells a file that is %s from one that is missing', async (_name, text) => {
    await writeFile(path, text);
    expect((await readHighWater(path)).kind).toBe('unreadable');
  });

  it('tells of a write that failed, and writes the next head', async () => {
    const causes: unknown[] = [];
    await rm(folder, { recursive: true });
    const file = new HighWaterFile(path, (cause) => causes.push(cause));
    file.note(headOf(1n));
    await file.flush();
    expect(causes).toMatchObject([{ code: 'ENOENT' }]);
    folder = await mkdtemp(join(tmpdir(), 'proviso-mark-'));
    const elsewhere = new HighWaterFile(join(folder, 'mark'), neverFails);
    elsewhere.note(headOf(2n));
    await elsewhere.flush();
    expect((await readHighWater(join(folder, 'mark'))).kind).toBe('mark');
  });

  it('tries a write that failed again by itself, says it once, and leaves nothing behind', async () => {
    const causes: unknown[] = [];
    // stands where the file should, so that only the last step fails
    await mkdir(path);
    const file = new HighWaterFile(path, (cause) => causes.push(cause), 1);
    file.note(headOf(1n));
    await file.flush();
    await file.flush();
    expect(causes).toMatchObject([{ code: 'EISDIR' }]);
    expect(await readdir(folder)).toEqual(['high-water.json']);
    await rmdir(path);
    const deadline = Date.now() + 5_000;
    while ((await readHighWater(path)).kind !== 'mark' && Date.now() < deadline);
    expect(await readHighWater(path)).toEqual({ kind: 'mark', head: headOf(1n) });
    expect(causes).toHaveLength(1);
  });
});
