import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import type { Outbox, OutboxRequest, OutboxRow } from '../outbox.js';

type Settlement = { block?: bigint; blockHash?: Hex; error?: string };

/** The outbox in memory: reference of the port, and a fake for tests. */
export class MemoryOutbox implements Outbox {
  readonly #rows = new Map<string, OutboxRow>();

  async enqueue(request: OutboxRequest): Promise<OutboxRow> {
    const found = this.#rows.get(request.key);
    if (found !== undefined) return found;
    const row: OutboxRow = {
      ...request,
      state: 'queued',
      nonce: undefined,
      transactions: [],
      block: undefined,
      blockHash: undefined,
      error: undefined,
    };
    this.#rows.set(request.key, row);
    return row;
  }

  async find(key: string): Promise<OutboxRow | undefined> {
    return this.#rows.get(key);
  }

  async open(limit: number): Promise<readonly OutboxRow[]> {
    const rows = [...this.#rows.values()].filter((row) => row.state !== 'final' && row.state !== 'failed');
    const urgent = rows.filter((row) => row.priority === 'urgent');
    return [...urgent, ...rows.filter((row) => row.priority === 'normal')].slice(0, limit);
  }

  async sign(key: string, nonce: number, transaction: { hash: Hex; raw: Hex }): Promise<void> {
    const row = this.#row(key);
    const taken = [...this.#rows.values()].some((other) => other.key !== key && other.nonce === nonce);
    if (taken) throw new GatewayError('version-conflict', { details: `nonce ${nonce} is taken` });
    this.#rows.set(key, {
      ...row,
      state: 'signed',
      nonce,
      transactions: [...row.transactions, { ...transaction }],
    });
  }

  async settle(key: string, state: 'included' | 'final' | 'failed', at: Settlement): Promise<void> {
    const row = this.#row(key);
    this.#rows.set(key, {
      ...row,
      state,
      block: at.block ?? row.block,
      blockHash: at.blockHash ?? row.blockHash,
      error: at.error,
    });
  }

  async newestSettled(): Promise<OutboxRow | undefined> {
    return [...this.#rows.values()]
      .filter(({ state, nonce }) => nonce !== undefined && (state === 'final' || state === 'failed'))
      .toSorted((a, b) => (a.nonce ?? 0) - (b.nonce ?? 0))
      .at(-1);
  }

  async reopen(key: string): Promise<void> {
    this.#rows.set(key, { ...this.#row(key), state: 'included', error: undefined });
  }

  async release(key: string): Promise<void> {
    const row = this.#row(key);
    this.#rows.set(key, {
      ...row,
      state: 'queued',
      nonce: undefined,
      block: undefined,
      blockHash: undefined,
    });
  }

  #row(key: string): OutboxRow {
    const row = this.#rows.get(key);
    if (row === undefined) throw new GatewayError('not-found', { details: key });
    return row;
  }
}
