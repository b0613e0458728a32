import { hashLeaf, TILE_WIDTH } from '#provenance';
import { LoggedLeaves } from './logged-leaves.js';
import { EventScene, ORIGIN, POLICY } from './testing/event-scene.js';

/** A tile that never changes again: of the first leaves, all of them. */
const FULL_TILE = 'tile/0/000';

const blank = (bytes: Uint8Array) => new Uint8Array(bytes.length);
const cut = (bytes: Uint8Array) => bytes.subarray(0, 64);

describe('LoggedLeaves', () => {
  const log = new EventScene();

  beforeAll(() => {
    const told = { class: 1, interaction: 'read', about: [{ person: 'ann', resources: [] }] };
    for (let at = 0; at < TILE_WIDTH + 3; at++) log.tell(told);
  });

  function leafAt(index: number): Uint8Array {
    const record = log.records[index];
    if (record === undefined) throw new Error('there is none');
    return hashLeaf(record.entry);
  }

  /** The log, whose full tile comes broken so many times. */
  function breaking(times: number, broken: (bytes: Uint8Array) => Uint8Array) {
    let left = times;
    return async (path: string): Promise<Uint8Array> => {
      const bytes = await log.fetch(path);
      return path === FULL_TILE && left-- > 0 ? broken(bytes) : bytes;
    };
  }

  it('reads a full tile again that came broken when the log had grown', async () => {
    const small = new EventScene();
    small.tell({ class: 1, interaction: 'read', about: [{ person: 'ann', resources: [] }] });
    const before = new LoggedLeaves({ fetch: small.fetch, origin: ORIGIN, policy: POLICY, waitMs: 0 });
    expect(await before.has(0n, leafAt(0))).toBe(true);
    const { head: trusted } = before;
    if (trusted === undefined) throw new Error('there is no head');
    const options = { fetch: breaking(1, blank), origin: ORIGIN, policy: POLICY, waitMs: 0, trusted };
    const leaves = new LoggedLeaves(options);
    await expect(leaves.has(5n, leafAt(5))).rejects.toMatchObject({
      code: 'integrity-failure',
      details: 'consistency',
    });
    expect(leaves.head).toEqual(trusted);
    expect(await leaves.has(5n, leafAt(5))).toBe(true);
  });

  it('reads a full tile again that came too short', async () => {
    const leaves = new LoggedLeaves({ fetch: breaking(1, cut), origin: ORIGIN, policy: POLICY, waitMs: 0 });
    await expect(leaves.has(5n, leafAt(5))).rejects.toMatchObject({ code: 'integrity-failure' });
    expect(await leaves.has(5n, leafAt(5))).toBe(true);
  });

  it('reads a full tile again that came with other hashes', async () => {
    const leaves = new LoggedLeaves({ fetch: breaking(1, blank), origin: ORIGIN, policy: POLICY, waitMs: 0 });
    expect(await leaves.has(5n, leafAt(5))).toBe(false);
    expect(await leaves.has(5n, leafAt(5))).toBe(true);
  });
});
