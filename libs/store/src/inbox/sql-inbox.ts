import { z } from 'zod';
import { GatewayError } from '#outcome';
import { BYTES } from '../column-shapes.js';
import { BatchQueue, type UnitOutcome } from '../log/batch-queue.js';
import { errorCode } from '../log/error-code.js';
import { inTransaction } from '../log/transaction.js';
import { isDatabaseLost, isStatementCancelled } from '../is-database-lost.js';
import {
  INBOX_STATES,
  type FullInboxEntry,
  type Inbox,
  type InboxEntry,
  type InboxMessage,
  type InboxQuery,
  type Receipt,
} from './inbox.js';
import { BEGINNINGS } from './inbox-acts.js';
import { entryOf, INBOX_COLUMNS, INBOX_ROW } from './inbox-row.js';
import { keepMessages, type KeepOptions } from './keep-messages.js';
import { type InboxMove, moveRows } from './move-rows.js';

const MIB = 1_048_576;
/** A message may be so large; the listener's own bound is below it. */
const MAX_MESSAGE_BYTES = 16 * MIB;
/** What a message takes beside its bytes. */
const OVERHEAD_BYTES = 2_048;
const MAX_BATCH_BYTES = MAX_MESSAGE_BYTES + OVERHEAD_BYTES;
const MAX_WAITING_BYTES = 8 * MAX_BATCH_BYTES;
const UNIQUE_VIOLATION = '23505';
const TRIES = 3;
const MAX_LISTED = 1_000;

const FULL_ROW = INBOX_ROW.extend({ bytes: BYTES });

/** The inbox in Postgres. Messages that come while a batch is being kept go together into the next one. */
export class SqlInbox implements Inbox {
  readonly #options: KeepOptions;
  readonly #queue: BatchQueue<InboxMessage, Receipt>;

  constructor(options: KeepOptions) {
    this.#options = options;
    this.#queue = new BatchQueue({
      commit: (messages) => this.#keep(messages),
      weight: ({ bytes, answer }) => bytes.length + answer.length + OVERHEAD_BYTES,
      maxBatch: MAX_BATCH_BYTES,
      maxWaiting: MAX_WAITING_BYTES,
    });
  }

  receive(message: InboxMessage): Promise<Receipt> {
    return this.#queue.push(message);
  }

  async list({ state, source, beforeSeq, limit }: InboxQuery): Promise<readonly InboxEntry[]> {
    const { pool, tenant, mac } = this.#options;
    const { rows } = await pool.query({
      // The newest of each state are found by the index of states; one of all messages would cost each that is kept.
      text: `select f.* from unnest($2::text[]) as s(state) cross join lateral (
               select ${INBOX_COLUMNS} from inbox f where f.tenant = $1 and f.state = s.state
                 and ($3::text is null or f.source = $3) and ($4::bigint is null or f.seq < $4)
               order by f.seq desc limit $5
             ) f order by f.seq desc limit $5`,
      values: [
        tenant,
        state === undefined ? INBOX_STATES : [state],
        source,
        beforeSeq,
        Math.min(Math.max(limit, 1), MAX_LISTED),
      ],
    });
    return z
      .array(INBOX_ROW)
      .parse(rows)
      .map((row) => entryOf(mac, row));
  }

  async show(id: string): Promise<FullInboxEntry> {
    const { pool, tenant, mac } = this.#options;
    const { rows } = await pool.query({
      text: `select ${INBOX_COLUMNS}, f.bytes from inbox f where f.tenant = $1 and f.id::text = $2`,
      values: [tenant, id],
    });
    const [row] = z.array(FULL_ROW).parse(rows);
    if (row === undefined) throw new GatewayError('not-found', { details: 'inbox' });
    return { ...entryOf(mac, row, row.bytes), bytes: row.bytes, answer: row.answer };
  }

  replay(id: string): Promise<void> {
    return this.#move({ id, from: BEGINNINGS.replay, to: 'received' });
  }

  discard(id: string, reason: string): Promise<void> {
    return this.#move({ id, from: BEGINNINGS.discard, to: 'discarded', reason });
  }

  async #move(move: InboxMove): Promise<void> {
    const { pool } = this.#options;
    if (!z.uuid().safeParse(move.id).success) throw new GatewayError('not-found', { details: 'inbox' });
    await inTransaction(pool, (client) => moveRows(client, this.#options, [move]));
  }

  /** Where a batch cannot be kept, halves are tried, until the message that cannot fails alone. */
  async #keep(messages: readonly InboxMessage[]): Promise<readonly UnitOutcome<Receipt>[]> {
    try {
      const receipts = await this.#kept(messages);
      return receipts.map((result) => ({ kind: 'done', result }));
    } catch (cause) {
      // Halves of what took too long may take as long again, each.
      const isLost = isDatabaseLost(cause) || isStatementCancelled(cause);
      if (messages.length === 1 || isLost) {
        const failure = isLost ? unavailable(cause) : cause;
        return messages.map(() => ({ kind: 'failed', cause: failure }));
      }
    }
    const half = messages.length >> 1;
    const first = await this.#keep(messages.slice(0, half));
    return [...first, ...(await this.#keep(messages.slice(half)))];
  }

  /** Another process may keep the same bytes at the same time: then they are duplicates the next time. */
  async #kept(messages: readonly InboxMessage[]): Promise<readonly Receipt[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await keepMessages(this.#options, messages);
      } catch (cause) {
        if (errorCode(cause) !== UNIQUE_VIOLATION || attempt === TRIES) throw cause;
      }
    }
  }
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError('overloaded', { details: 'inbox-database', retryAfterS: 1, cause });
}
