import type { ClientBase, Pool } from 'pg';
import { z } from 'zod';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import { applyOutbox } from './apply/outbox.js';
import { BYTES, HEX } from './column-shapes.js';
import { hexOf } from './hex.js';
import { inTransaction } from './log/transaction.js';

/** A transaction to be made. As the chain's outbox port has it. */
export interface OutboxEntry {
  readonly key: string;
  readonly to: Hex;
  readonly data: Hex;
  readonly priority: 'urgent' | 'normal';
  readonly state: 'queued' | 'signed' | 'included' | 'final' | 'failed';
  readonly nonce: number | undefined;
  readonly transactions: readonly { readonly hash: Hex; readonly raw: Hex }[];
  readonly block: bigint | undefined;
  readonly blockHash: Hex | undefined;
  readonly error: string | undefined;
}

const ROW = z
  .object({
    key: z.string(),
    recipient: HEX,
    data: BYTES,
    priority: z.enum(['urgent', 'normal']),
    state: z.enum(['queued', 'signed', 'included', 'final', 'failed']),
    nonce: z.bigint().nullable(),
    transactions: z.array(z.object({ hash: HEX, raw: HEX })),
    block_number: z.bigint().nullable(),
    block_hash: HEX.nullable(),
    error: z.string().nullable(),
  })
  .transform((row): OutboxEntry => ({
    key: row.key,
    to: row.recipient,
    data: hexOf(row.data),
    priority: row.priority,
    state: row.state,
    nonce: row.nonce === null ? undefined : Number(row.nonce),
    transactions: row.transactions,
    block: row.block_number ?? undefined,
    blockHash: row.block_hash ?? undefined,
    error: row.error ?? undefined,
  }));

const COLUMNS = `key, recipient, data, priority, state, nonce, transactions, block_number, block_hash, error`;

/** The relayer's outbox in Postgres. The database itself refuses a nonce that another open row has. */
export class SqlOutbox {
  readonly #pool: Pool;
  readonly #tenant: string;

  constructor(pool: Pool, tenant: string) {
    this.#pool = pool;
    this.#tenant = tenant;
  }

  /** Queues a request; a key that is there keeps its row, which is given. */
  async enqueue(request: Pick<OutboxEntry, 'key' | 'to' | 'data' | 'priority'>): Promise<OutboxEntry> {
    return inTransaction(this.#pool, async (client) => {
      await applyOutbox(client, this.#tenant, [request]);
      const row = await this.#find(client, request.key);
      if (row === undefined) {
        throw new GatewayError('internal', { details: 'outbox' });
      }
      return row;
    });
  }

  async find(key: string): Promise<OutboxEntry | undefined> {
    return this.#find(this.#pool, key);
  }

  /** Rows not yet final, urgent first, then in order of arrival. */
  async open(limit: number): Promise<readonly OutboxEntry[]> {
    const { rows } = await this.#pool.query({
      name: 'open outbox',
      text: `select ${COLUMNS} from outbox
             where tenant = $1 and state in ('queued', 'signed', 'included')
             order by priority desc, seq limit $2`,
      values: [this.#tenant, limit],
    });
    return z.array(ROW).parse(rows);
  }

  /** Notes nonce and signed bytes, newest last. Rejects where another row has the nonce. */
  async sign(key: string, nonce: number, transaction: { hash: Hex; raw: Hex }): Promise<void> {
    await this.#update(
      key,
      `state = 'signed', nonce = $3, transactions = transactions || $4::jsonb, block_number = null, block_hash = null`,
      [nonce, JSON.stringify([transaction])],
    );
  }

  async settle(
    key: string,
    state: 'included' | 'final' | 'failed',
    at: { block?: bigint; blockHash?: Hex; error?: string },
  ): Promise<void> {
    await this.#update(key, 'state = $3, block_number = $4, block_hash = $5, error = $6', [
      state,
      at.block ?? null,
      at.blockHash ?? null,
      at.error ?? null,
    ]);
  }

  /** The row with the highest nonce that is final or failed. */
  async newestSettled(): Promise<OutboxEntry | undefined> {
    const { rows } = await this.#pool.query({
      name: 'newest settled outbox row',
      text: `select ${COLUMNS} from outbox
             where tenant = $1 and nonce is not null and state in ('final', 'failed')
             order by nonce desc limit 1`,
      values: [this.#tenant],
    });
    return ROW.optional().parse(rows[0]);
  }

  /** Back to `included`: the block of a settled row is no longer on the chain. */
  async reopen(key: string): Promise<void> {
    await this.#update(key, `state = 'included', error = null`, []);
  }

  /** Back to `queued` without a nonce. */
  async release(key: string): Promise<void> {
    await this.#update(
      key,
      `state = 'queued', nonce = null, block_number = null, block_hash = null, error = null`,
      [],
    );
  }

  async #find(client: { query: ClientBase['query'] }, key: string): Promise<OutboxEntry | undefined> {
    const { rows } = await client.query({
      name: 'outbox row',
      text: `select ${COLUMNS} from outbox where tenant = $1 and key = $2`,
      values: [this.#tenant, key],
    });
    return ROW.optional().parse(rows[0]);
  }

  async #update(key: string, sets: string, values: readonly unknown[]): Promise<void> {
    const { rowCount } = await this.#pool.query({
      text: `update outbox set ${sets} where tenant = $1 and key = $2`,
      values: [this.#tenant, key, ...values],
    });
    if (rowCount !== 1) {
      throw new GatewayError('not-found', { details: 'outbox' });
    }
  }
}
