import type { ClientBase } from 'pg';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { ApplyContext } from '../apply/apply-context.js';
import type { InboxIssue } from '../change.js';
import { type Table, updateRows } from '../insert-rows.js';
import type { InboxState } from './inbox.js';
import { checkInboxRow, INBOX_COLUMNS, INBOX_ROW, type InboxRow, macOf } from './inbox-row.js';

/** What becomes of a message. */
export interface InboxMove {
  readonly id: string;
  /** The states that it may be in before. */
  readonly from: readonly InboxState[];
  readonly to: InboxState;
  readonly reason?: string;
  readonly recordId?: string;
  /** Where a conversion ended: its issues, after those of the reception. */
  readonly issues?: readonly InboxIssue[];
}

interface MovedRow {
  readonly tenant: string;
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly record_id: string | null;
  readonly attempts: number;
  readonly issues: string;
  readonly mac: Uint8Array;
}

const MOVED: Table<MovedRow> = {
  name: 'inbox',
  columns: {
    tenant: 'text',
    id: 'uuid',
    state: 'text',
    reason: 'text',
    record_id: 'uuid',
    attempts: 'int',
    issues: 'jsonb',
    mac: 'bytea',
  },
};

/**
 * Writes what became of messages. MUST be called inside a transaction: the rows are locked, each by one statement for all.
 * @throws GatewayError `not-found`, `version-conflict` where a message is in another state, `integrity-failure` where its
 *   row is not as it was written
 */
export async function moveRows(
  client: ClientBase,
  context: ApplyContext,
  moves: readonly InboxMove[],
): Promise<void> {
  if (moves.length === 0) return;
  const { rows } = await client.query({
    name: 'inbox rows to move',
    text: `select ${INBOX_COLUMNS} from inbox f where f.tenant = $1 and f.id = any($2) order by f.seq for update`,
    values: [context.tenant, moves.map(({ id }) => id)],
  });
  const byId = new Map(
    z
      .array(INBOX_ROW)
      .parse(rows)
      .map((row) => [row.id, row]),
  );
  const moved = moves.map((move) => movedRow(context, byId.get(move.id), move));
  await updateRows(client, MOVED, ['tenant', 'id'], moved);
}

function movedRow(context: ApplyContext, row: InboxRow | undefined, move: InboxMove): MovedRow {
  if (row === undefined) throw new GatewayError('not-found', { details: 'inbox' });
  checkInboxRow(context.mac, row);
  if (!move.from.includes(row.state)) throw new GatewayError('version-conflict', { details: 'inbox' });
  const { tenant, id } = row;
  const outcome = { state: move.to, reason: move.reason ?? null, record_id: move.recordId ?? null };
  // A control id that came twice is known since the reception; the rest is the last conversion's.
  const before = row.issues ?? [];
  const reception = before.filter(({ code }) => code === 'repeated');
  return {
    tenant,
    id,
    ...outcome,
    attempts: row.attempts + (move.issues === undefined ? 0 : 1),
    issues: JSON.stringify(move.issues === undefined ? before : [...reception, ...move.issues]),
    mac: macOf(context.mac, { ...row, ...outcome }),
  };
}
