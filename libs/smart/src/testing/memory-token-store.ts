import type { StoredGrantModel, TokenStore } from '../token-store.js';

/** Keeps models in memory, for tests. `failNext` makes the next call fail, as a database that is away does. */
export class MemoryTokenStore implements TokenStore {
  readonly #rows = new Map<string, StoredGrantModel>();
  #failure: Error | undefined;
  /** Calls so far, by method. */
  readonly calls = new Map<keyof TokenStore, number>();

  failNext(error: Error): void {
    this.#failure = error;
  }

  async upsert(model: StoredGrantModel): Promise<void> {
    await this.#enter('upsert');
    this.#rows.set(keyOf(model.kind, model.idHash), structuredClone(model));
  }

  async insertOnce(model: StoredGrantModel): Promise<boolean> {
    await this.#enter('insertOnce');
    const key = keyOf(model.kind, model.idHash);
    if (this.#rows.has(key)) return false;
    this.#rows.set(key, structuredClone(model));
    return true;
  }

  async find(kind: string, idHash: string): Promise<StoredGrantModel | undefined> {
    await this.#enter('find');
    return structuredClone(this.#rows.get(keyOf(kind, idHash)));
  }

  async findByUid(kind: string, uid: string): Promise<StoredGrantModel | undefined> {
    await this.#enter('findByUid');
    return structuredClone([...this.#rows.values()].find((row) => row.kind === kind && row.uid === uid));
  }

  async consume(kind: string, idHash: string, atMs: number): Promise<boolean> {
    await this.#enter('consume');
    const row = this.#rows.get(keyOf(kind, idHash));
    if (row === undefined || row.consumedMs !== undefined) return false;
    this.#rows.set(keyOf(kind, idHash), { ...row, consumedMs: atMs });
    return true;
  }

  async destroy(kind: string, idHash: string): Promise<void> {
    await this.#enter('destroy');
    this.#rows.delete(keyOf(kind, idHash));
  }

  async revokeByGrantId(kind: string, grantId: string): Promise<void> {
    await this.#enter('revokeByGrantId');
    this.#drop((row) => row.kind === kind && row.grantId === grantId);
  }

  async list(kind: string): Promise<readonly StoredGrantModel[]> {
    await this.#enter('list');
    return [...this.#rows.values()].filter((row) => row.kind === kind).map((row) => structuredClone(row));
  }

  async sweep(nowMs: number): Promise<number> {
    await this.#enter('sweep');
    return this.#drop((row) => row.expiresMs !== undefined && row.expiresMs < nowMs);
  }

  #drop(matches: (row: StoredGrantModel) => boolean): number {
    const keys = [...this.#rows].filter(([, row]) => matches(row)).map(([key]) => key);
    for (const key of keys) this.#rows.delete(key);
    return keys.length;
  }

  /** A real store answers later: so does this one, or races would go unseen. */
  async #enter(method: keyof TokenStore): Promise<void> {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }
}

function keyOf(kind: string, idHash: string): string {
  return `${kind} ${idHash}`;
}
