interface Waiting<V> {
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Loads by key, many at once: what is asked for while a load runs goes into the next one, and a key that several
 * callers ask for is loaded once.
 */
export class GatheredLoads<V> {
  readonly #load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;
  readonly #asked = new Map<string, Promise<V | undefined>>();
  #waiting = new Map<string, Waiting<V>>();
  #running = false;

  constructor(load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>) {
    this.#load = load;
  }

  /** The key's value; `undefined` where the load did not give one. Rejects as the load did. */
  get(key: string): Promise<V | undefined> {
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    const promise = new Promise<V | undefined>((resolve, reject) => {
      this.#waiting.set(key, { resolve, reject });
    });
    this.#asked.set(key, promise);
    if (!this.#running) {
      this.#running = true;
      queueMicrotask(() => void this.#run());
    }
    return promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = this.#waiting;
      this.#waiting = new Map();
      await this.#settle(batch);
    }
    this.#running = false;
  }

  async #settle(batch: ReadonlyMap<string, Waiting<V>>): Promise<void> {
    try {
      const found = await this.#load([...batch.keys()]);
      for (const [key, { resolve }] of batch) resolve(found.get(key));
    } catch (cause) {
      for (const { reject } of batch.values()) reject(cause);
    }
    for (const key of batch.keys()) this.#asked.delete(key);
  }
}
