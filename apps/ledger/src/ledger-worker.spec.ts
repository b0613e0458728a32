import { LedgerWorker, type LedgerOptions } from './ledger-worker.js';

const EVERY_MS = 60_000;

/** What changes after a look. */
type Look = (scene: Scene) => void;

/** A ledger of which only anchoring does anything; each pause ends a look, and after the last one it waits for the stop. */
class Scene {
  grown = 0n;
  nowMs = 0;
  pokes = 0;
  readonly submitted: bigint[] = [];
  readonly reported: string[] = [];
  readonly worker: LedgerWorker;
  readonly #looks: Look[];
  readonly #looked = Promise.withResolvers<void>();

  /** @param looks what changes after each look */
  constructor(looks: Look[], change: Partial<LedgerOptions> = {}) {
    this.#looks = looks;
    this.worker = new LedgerWorker({
      lead: (_worker, signal, work) => work(signal),
      chain: {
        follower: { run: (signal) => aborted(signal) },
        relayer: { run: (signal, pause) => this.#relay(signal, pause) },
      },
      anchoring: {
        follow: () => Promise.resolve(),
        grownBy: () => Promise.resolve(this.grown),
        submitNewest: () => this.#submit(),
      },
      pollMs: EVERY_MS,
      anchorEveryMs: EVERY_MS,
      anchorEveryRecords: 5,
      report: (worker) => this.reported.push(worker),
      nowMs: () => this.nowMs,
      pause: (ms, signal) => this.#pause(ms, signal),
      ...change,
    });
  }

  async play(): Promise<void> {
    this.worker.start();
    await this.#looked.promise;
    await this.worker.stop();
  }

  /** The pauses of anchoring are short, those of the relayer as long as it polls. */
  #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms === EVERY_MS) return aborted(signal);
    const next = this.#looks.shift();
    if (next === undefined) {
      this.#looked.resolve();
      return aborted(signal);
    }
    next(this);
    return Promise.resolve();
  }

  async #relay(signal: AbortSignal, pause: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await pause();
      this.pokes += signal.aborted ? 0 : 1;
    }
  }

  #submit(): Promise<bigint> {
    this.submitted.push(this.grown);
    this.grown = 0n;
    return Promise.resolve(1n);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

describe('LedgerWorker', () => {
  it('anchors at once when so many records wait, and not before', async () => {
    const few = new Scene([(scene) => (scene.grown = 4n), () => undefined]);
    await few.play();
    expect(few.submitted).toEqual([]);
    const full = new Scene([(scene) => (scene.grown = 4n), (scene) => (scene.grown = 5n), () => undefined]);
    await full.play();
    expect(full.submitted).toEqual([5n]);
    expect(full.pokes).toBe(1);
  });

  it('anchors when its time has come, and begins to wait anew', async () => {
    const scene = new Scene([
      (played) => (played.nowMs = EVERY_MS - 1),
      (played) => (played.nowMs = EVERY_MS),
      (played) => (played.nowMs = 2 * EVERY_MS - 1),
      (played) => (played.nowMs = 2 * EVERY_MS),
    ]);
    scene.grown = 1n;
    await scene.play();
    expect(scene.submitted).toEqual([1n, 0n]);
  });

  it('reports a worker that fails, and goes on', async () => {
    let tries = 0;
    const scene = new Scene([() => undefined, () => undefined], {
      anchoring: {
        follow: () => Promise.resolve(),
        grownBy: () => Promise.resolve(5n),
        submitNewest: async () => {
          tries += 1;
          if (tries === 1) throw new Error('no node answers');
          return undefined;
        },
      },
    });
    await scene.play();
    expect(scene.reported).toEqual(['anchoring']);
    expect(tries).toBe(3);
  });

  it('leads nothing that another process leads, and stops all the same', async () => {
    const scene = new Scene([], { lead: (_worker, signal) => aborted(signal) });
    scene.grown = 5n;
    scene.worker.start();
    await scene.worker.stop();
    expect(scene.submitted).toEqual([]);
  });
});
