interface Batch<V> {
  readonly keys: Set<string>;
  readonly loaded: PromiseWithResolvers<ReadonlyMap<string, V>>;
}

/**
 * Loads by key, many callers at once: what is asked for while a load runs goes together into the next one. A caller never
 * joins a load that has begun, so that whatever was committed before it asked is in its answer.
 */
export class GatheredLoads<V> {
  readonly #load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;
  #next: Batch<V> | undefined;
  #running = false;

  /** @param load asked for distinct keys, one load after the other */
  constructor(load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>) {
    this.#load = load;
  }

  /** The key's value; `undefined` where the load did not give one. Rejects as the load did. */
  async get(key: string): Promise<V | undefined> {
    return (await this.all([key])).get(key);
  }

  /** The values of the keys, among those that others asked for. Rejects as the load did. */
  all(keys: readonly string[]): Promise<ReadonlyMap<string, V>> {
    this.#next ??= { keys: new Set(), loaded: Promise.withResolvers() };
    for (const key of keys) this.#next.keys.add(key);
    const { promise } = this.#next.loaded;
    if (!this.#running) {
      this.#running = true;
      queueMicrotask(() => void this.#run());
    }
    return promise;
  }

  async #run(): Promise<void> {
    for (let batch = this.#next; batch !== undefined; batch = this.#next) {
      this.#next = undefined;
      const { keys, loaded } = batch;
      await this.#load([...keys]).then(loaded.resolve, loaded.reject);
    }
    this.#running = false;
  }
}
