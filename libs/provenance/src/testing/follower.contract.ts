import type { Follower, OpenedRecord } from '../ports.js';

/** A follower to be tested at position 0, and what it follows. */
export interface FollowerUnderTest {
  readonly follower: Follower;
  /** Records of a log with at least this many, from index 0; some of a class that nobody knows, some erased. */
  readonly records: (count: number) => Promise<readonly OpenedRecord[]>;
  /** What came of the records so far. */
  readonly effects: () => Promise<readonly unknown[]>;
  /** The next `handle` ends, as by a kill, when its effects were made and its position was not yet kept. */
  readonly dieBeforeTheEnd: () => void;
  /** The same follower in a new process. */
  readonly again: () => Follower;
}

/** What every `Follower` does. `once`: what was made of records that come again is not made twice. */
export function shouldBehaveLikeFollower(
  make: () => Promise<FollowerUnderTest>,
  { once }: { readonly once: boolean },
): void {
  it('goes on where it stopped, in a new process too', async () => {
    const { follower, records, again } = await make();
    const log = await records(5);
    expect(await follower.position()).toBe(0n);
    await follower.handle(log.slice(0, 2));
    expect(await follower.position()).toBe(2n);
    await again().handle(log.slice(2, 5));
    expect(await again().position()).toBe(5n);
  });

  it('gets the same records again after it was killed between what it did and its position', async () => {
    const { follower, records, effects, dieBeforeTheEnd, again } = await make();
    const log = await records(4);
    await follower.handle(log.slice(0, 1));
    dieBeforeTheEnd();
    await expect(follower.handle(log.slice(1, 4))).rejects.toThrow();
    expect(await again().position()).toBe(1n);
    await again().handle(log.slice(1, 4));
    expect(await again().position()).toBe(4n);
    const undisturbed = await make();
    await undisturbed.follower.handle((await undisturbed.records(4)).slice(0, 4));
    const [killed, whole] = [await effects(), await undisturbed.effects()];
    if (once) expect(killed).toHaveLength(whole.length);
    else expect(killed.length).toBeGreaterThanOrEqual(whole.length);
  });

  it('refuses records that are not at its position, and no records', async () => {
    const { follower, records } = await make();
    const log = await records(3);
    await follower.handle(log.slice(0, 2));
    await expect(follower.handle(log.slice(1, 3))).rejects.toMatchObject({ code: 'version-conflict' });
    await expect(follower.handle([])).rejects.toMatchObject({ code: 'invalid-value' });
    expect(await follower.position()).toBe(2n);
  });
}
