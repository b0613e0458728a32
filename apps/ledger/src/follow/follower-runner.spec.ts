import { GatewayError } from '#outcome';
import type { Follower, OpenedRecord } from '#provenance';
import { FollowerRunner, type FollowerRunnerOptions } from './follower-runner.js';
import { LogGrowth } from './log-growth.js';

function record(index: bigint): OpenedRecord {
  return { kind: 'opened', index, entry: new Uint8Array(), groups: [], subEntries: [] };
}

/** A follower in memory that fails at one record as often as it is told to. */
class Reader implements Follower {
  readonly name: string;
  readonly reads = ['op'] as const;
  readonly batches: number[] = [];
  readonly taken: bigint[] = [];
  failsAt = -1n;
  failures = 0;
  at = 0n;

  constructor(name = 'reader') {
    this.name = name;
  }

  position(): Promise<bigint> {
    return Promise.resolve(this.at);
  }

  handle(batch: readonly OpenedRecord[]): Promise<void> {
    const indexes = batch.map(({ index }) => index);
    if (this.failures > 0 && indexes.includes(this.failsAt)) {
      this.failures -= 1;
      return Promise.reject(new GatewayError('internal', { details: 'poison' }));
    }
    this.taken.push(...indexes);
    this.batches.push(indexes.length);
    this.at = (indexes.at(-1) ?? this.at) + 1n;
    return Promise.resolve();
  }
}

/** A runner over a log of which only the size matters; its pauses are noted, and pass at once. */
class Scene {
  size = 0n;
  looks = 0;
  readonly pauses: number[] = [];
  readonly stuck: [string, bigint][] = [];
  readonly asked: unknown[] = [];
  readonly growth = new LogGrowth({
    size: () => {
      this.looks += 1;
      return Promise.resolve(this.size);
    },
    pollMs: 60_000,
  });
  readonly runner: FollowerRunner;

  constructor(followers: readonly Follower[], change: Partial<FollowerRunnerOptions> = {}) {
    this.runner = new FollowerRunner({
      followers,
      lead: async (names, signal, work) => {
        await Promise.all(names.map((name) => work(name, signal)));
      },
      growth: this.growth,
      open: (from, to, reads) => {
        this.asked.push(reads);
        return Promise.resolve(
          Array.from({ length: Number(to - from) }, (_, at) => record(from + BigInt(at))),
        );
      },
      batch: 8,
      maxPauseMs: 1_000,
      listener: {
        handled: () => undefined,
        failed: () => undefined,
        stuck: (follower, index) => this.stuck.push([follower, index]),
      },
      pause: (ms) => {
        this.pauses.push(ms);
        return nextTurn();
      },
      ...change,
    });
  }

  grow(size: bigint): void {
    this.size = size;
    this.growth.note(size);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000 && !holds(); turn++) {
    await nextTurn();
  }
  expect(holds()).toBe(true);
}

const upTo = (end: number) => Array.from({ length: end }, (_, at) => BigInt(at));

describe('FollowerRunner', () => {
  it('hands over what is there in bounded batches, then what comes as it comes', async () => {
    const reader = new Reader();
    const scene = new Scene([reader]);
    scene.size = 20n;
    scene.runner.start();
    await until(() => reader.at === 20n);
    expect(reader.batches).toEqual([8, 8, 4]);
    scene.grow(21n);
    await until(() => reader.at === 21n);
    expect(reader.taken).toEqual(upTo(21));
    expect(scene.asked).toEqual(scene.asked.map(() => ['op']));
    await scene.runner.stop();
  });

  it('looks at the size once for all that wait, and not again while it pauses', async () => {
    const readers = [new Reader('one'), new Reader('two')];
    const scene = new Scene(readers);
    scene.runner.start();
    await until(() => scene.looks === 1);
    for (const size of [1n, 2n, 3n]) {
      scene.grow(size);
      await until(() => readers.every(({ at }) => at === size));
    }
    expect(scene.looks).toBe(1);
    await scene.runner.stop();
  });

  it('finds the one record that fails, waits there with a growing pause, tells it once, and skips nothing', async () => {
    const reader = new Reader();
    reader.failsAt = 5n;
    reader.failures = 9;
    const other = new Reader('other');
    const scene = new Scene([reader, other]);
    scene.size = 10n;
    scene.runner.start();
    await until(() => reader.at === 10n && other.at === 10n);
    await scene.runner.stop();
    expect(reader.taken).toEqual(upTo(10));
    expect(scene.stuck).toEqual([['reader', 5n]]);
    const grown = scene.pauses.filter((ms) => ms >= 250);
    expect(grown.toSorted((a, b) => a - b)).toEqual(grown);
    expect(Math.max(...grown)).toBe(1_000);
    expect(other.batches).toEqual([8, 2]);
  });

  it('goes on in whole batches once what failed works again', async () => {
    const reader = new Reader();
    reader.failsAt = 0n;
    reader.failures = 2;
    const scene = new Scene([reader]);
    scene.size = 31n;
    scene.runner.start();
    await until(() => reader.at === 31n);
    expect(reader.batches).toEqual([1, 2, 4, 8, 8, 8]);
    expect(scene.stuck).toEqual([]);
    await scene.runner.stop();
  });

  it('waits where a record cannot be opened, and where the size cannot be read', async () => {
    const reader = new Reader();
    let refusals = 6;
    const scene = new Scene([reader], {
      open: (from, to) => {
        if (refusals-- > 0) return Promise.reject(new GatewayError('integrity-failure'));
        return Promise.resolve([record(from)].slice(0, Number(to - from)));
      },
    });
    scene.size = 1n;
    scene.runner.start();
    await until(() => reader.at === 1n);
    expect(scene.stuck).toEqual([['reader', 0n]]);
    await scene.runner.stop();

    const blind = new Reader('blind');
    const broken = new LogGrowth({ size: () => Promise.reject(new Error('no database')), pollMs: 1 });
    const pauses: number[] = [];
    const dark = new Scene([blind], {
      growth: broken,
      pause: (ms) => {
        pauses.push(ms);
        if (pauses.length === 8) broken.note(1n);
        return nextTurn();
      },
    });
    dark.runner.start();
    await until(() => blind.at === 1n);
    expect(pauses.slice(0, 4)).toEqual([250, 500, 1_000, 1_000]);
    await dark.runner.stop();
  });

  it('stops while it waits for records', async () => {
    const scene = new Scene([new Reader()]);
    scene.runner.start();
    await until(() => scene.looks === 1);
    await expect(scene.runner.stop()).resolves.toBeUndefined();
  });
});
