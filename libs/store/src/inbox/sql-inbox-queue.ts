import type { Pool } from 'pg';
import { z } from 'zod';
import type { ApplyContext } from '../apply/apply-context.js';
import type { InboxIssue } from '../change.js';
import { BYTES, TIME } from '../column-shapes.js';
import { inTransaction } from '../log/transaction.js';
import type { InboxQueue, TakenMessage, WaitingMessage } from './inbox.js';
import { INBOX_COLUMNS, INBOX_ROW, isIntact } from './inbox-row.js';
import { moveRows } from './move-rows.js';

const WAITING_ROWS = z.array(
  z.object({ id: z.string(), source: z.string(), received: TIME, keys: z.array(z.string()) }),
);
const TAKEN_ROWS = z.array(INBOX_ROW.extend({ bytes: BYTES }));

/** The messages of the inbox that wait to be converted. */
export class SqlInboxQueue implements InboxQueue {
  readonly #pool: Pool;
  readonly #context: ApplyContext;

  constructor(pool: Pool, context: ApplyContext) {
    this.#pool = pool;
    this.#context = context;
  }

  async waiting(sources: readonly string[], limit: number): Promise<readonly WaitingMessage[]> {
    const { rows } = await this.#pool.query({
      name: 'inbox waiting',
      text: `select f.id, f.source, f.received, f.keys from inbox f
             where f.tenant = $1 and f.source = any($2) and f.state = 'received' order by f.seq limit $3`,
      values: [this.#context.tenant, sources, limit],
    });
    return WAITING_ROWS.parse(rows).map(({ received: receivedMs, ...row }) => ({ ...row, receivedMs }));
  }

  async take(ids: readonly string[]): Promise<readonly TakenMessage[]> {
    const { tenant, mac } = this.#context;
    const { rows } = await this.#pool.query({
      name: 'inbox take',
      text: `select ${INBOX_COLUMNS}, f.bytes from inbox f
             where f.tenant = $1 and f.id = any($2) and f.state = 'received' order by f.seq`,
      values: [tenant, ids],
    });
    return TAKEN_ROWS.parse(rows).map((row) => {
      const { id, source, bytes, digest, sender, received: receivedMs } = row;
      if (!isIntact(mac, row, bytes)) return { kind: 'altered', id, source };
      return { kind: 'message', id, source, bytes, digest, sender, receivedMs };
    });
  }

  async fail(id: string, reason: string, issues: readonly InboxIssue[]): Promise<void> {
    await inTransaction(this.#pool, (client) =>
      moveRows(client, this.#context, [{ id, from: ['received'], to: 'failed', reason, issues }]),
    );
  }
}
