import { BatchQueue, type BatchQueueOptions, type UnitOutcome } from './batch-queue.js';

/** A committer whose batches end when the test says so. */
function heldQueue(limits: Partial<BatchQueueOptions<number, string>> = {}) {
  const batches: (readonly number[])[] = [];
  const release: ((outcomes?: readonly UnitOutcome<string>[]) => void)[] = [];
  const queue = new BatchQueue<number, string>({
    commit: (units) => {
      batches.push(units);
      return new Promise((resolve) => {
        release.push((outcomes) =>
          resolve(outcomes ?? units.map((unit) => ({ kind: 'done', result: `done ${unit}` }))),
        );
      });
    },
    weight: () => 1,
    maxBatch: 3,
    maxWaiting: 5,
    ...limits,
  });
  return { queue, batches, release };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('BatchQueue', () => {
  it('commits what arrives in one turn together, and what arrives meanwhile in the next batch', async () => {
    const { queue, batches, release } = heldQueue();
    const first = [queue.push(1), queue.push(2)];
    await turn();
    const second = [queue.push(3), queue.push(4), queue.push(5), queue.push(6)];
    await turn();
    expect(batches).toEqual([[1, 2]]);
    release[0]?.();
    await turn();
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
    release[1]?.();
    await turn();
    release[2]?.();
    expect(await Promise.all([...first, ...second])).toEqual(
      [1, 2, 3, 4, 5, 6].map((unit) => `done ${unit}`),
    );
    expect(batches).toHaveLength(3);
  });

  it('refuses when too much waits, and takes units again when a batch was taken', async () => {
    const { queue, release } = heldQueue();
    const inFlight = queue.push(0);
    await turn();
    const waiting = [1, 2, 3, 4, 5].map((unit) => queue.push(unit));
    await expect(queue.push(6)).rejects.toMatchObject({ code: 'overloaded', retryAfterS: 1 });
    release[0]?.();
    await turn();
    const later = queue.push(7);
    release[1]?.();
    await turn();
    release[2]?.();
    await expect(Promise.all([inFlight, ...waiting, later])).resolves.toHaveLength(7);
  });

  it('refuses a unit that no batch could hold', async () => {
    const { queue } = heldQueue({ weight: () => 4 });
    await expect(queue.push(1)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('fails one unit alone, and all of a batch whose committer rejects', async () => {
    const failure = new Error('cut');
    const { queue, release } = heldQueue();
    const [good, bad] = [queue.push(1), queue.push(2)];
    bad.catch(() => undefined);
    await turn();
    release[0]?.([
      { kind: 'done', result: 'done 1' },
      { kind: 'failed', cause: failure },
    ]);
    await expect(good).resolves.toBe('done 1');
    await expect(bad).rejects.toBe(failure);
    const broken = new BatchQueue<number, string>({
      commit: () => Promise.reject(failure),
      weight: () => 1,
      maxBatch: 3,
      maxWaiting: 5,
    });
    await expect(broken.push(1)).rejects.toBe(failure);
    await expect(broken.push(2)).rejects.toBe(failure);
  });

  it('finishes what waits when it is closed, and takes nothing more', async () => {
    const { queue, release } = heldQueue();
    const last = queue.push(1);
    const closed = queue.close();
    await expect(queue.push(2)).rejects.toMatchObject({ code: 'seal-unavailable' });
    await turn();
    release[0]?.();
    await closed;
    await expect(last).resolves.toBe('done 1');
  });
});
