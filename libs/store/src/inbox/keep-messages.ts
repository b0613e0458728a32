import type { Pool } from 'pg';
import { z } from 'zod';
import { sha256, toHex, uuidv7 } from '#digest';
import type { ApplyContext } from '../apply/apply-context.js';
import type { InboxIssue } from '../change.js';
import { insertRows } from '../insert-rows.js';
import type { InboxMessage, Receipt } from './inbox.js';
import {
  checkInboxRow,
  INBOX_COLUMNS,
  INBOX_ROW,
  NEW_ROWS,
  newRow,
  type PlacedMessage,
} from './inbox-row.js';

const UUID_RANDOM_BYTES = 10;

/** What keeping needs of the world. */
export interface KeepOptions extends ApplyContext {
  readonly pool: Pool;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** That many bytes from a CSPRNG. */
  readonly random: (bytes: number) => Uint8Array;
}

const REPEATED: InboxIssue = { severity: 'warning', code: 'repeated', type: undefined, expression: 'MSH-10' };

const PLACE = z.object({ n: z.bigint(), seq: z.bigint(), known: z.boolean() });

/**
 * Keeps messages in the order given, with one insert, and so with one fsync for all of them. Of bytes that are kept
 * already the stored answer is given.
 * @throws what the database throws: then none is kept. `23505` where another process kept one of them meanwhile.
 */
export async function keepMessages(
  options: KeepOptions,
  messages: readonly InboxMessage[],
): Promise<readonly Receipt[]> {
  const keyed = messages.map((message) => {
    const digest = sha256(message.bytes);
    return { message, digest, key: `${message.source} ${toHex(digest)}` };
  });
  const kept = await keptAlready(options, keyed);
  const fresh = [
    ...new Map(
      keyed
        .filter(({ key }) => !kept.has(key))
        .toReversed()
        .map((each) => [each.key, each] as const),
    ).values(),
  ].toReversed();
  if (fresh.length === 0) return receipts(keyed, kept, new Map());
  const placed = await place(options, fresh);
  const client = await options.pool.connect();
  try {
    await insertRows(
      client,
      NEW_ROWS,
      placed.map((each) => newRow(options, each)),
    );
  } finally {
    client.release();
  }
  return receipts(keyed, kept, new Map(fresh.map(({ key }, at) => [key, placed[at]?.id ?? ''])));
}

interface Keyed {
  readonly message: InboxMessage;
  readonly digest: Uint8Array;
  readonly key: string;
}

/** The first of equal messages was stored, the others are its duplicates. */
function receipts(
  keyed: readonly Keyed[],
  kept: ReadonlyMap<string, Omit<Receipt, 'kind'>>,
  stored: ReadonlyMap<string, string>,
): readonly Receipt[] {
  const first = new Map<string, Receipt>();
  return keyed.map(({ key, message }) => {
    const before = kept.get(key) ?? first.get(key);
    if (before !== undefined) return { ...before, kind: 'duplicate' };
    const receipt: Receipt = { kind: 'stored', id: stored.get(key) ?? '', answer: message.answer };
    first.set(key, receipt);
    return receipt;
  });
}

/** Answers of messages that are kept, by source and digest. */
async function keptAlready(
  { pool, tenant, mac }: KeepOptions,
  keyed: readonly Keyed[],
): Promise<ReadonlyMap<string, Omit<Receipt, 'kind'>>> {
  const { rows } = await pool.query({
    name: 'inbox duplicates',
    text: `select ${INBOX_COLUMNS} from unnest($2::text[], $3::bytea[]) as u(source, digest)
           join inbox f on f.tenant = $1 and f.source = u.source and f.digest = u.digest`,
    values: [tenant, keyed.map(({ message }) => message.source), keyed.map(({ digest }) => digest)],
  });
  return new Map(
    z
      .array(INBOX_ROW)
      .parse(rows)
      .map((row) => {
        checkInboxRow(mac, row);
        return [`${row.source} ${toHex(row.digest)}`, { id: row.id, answer: row.answer }];
      }),
  );
}

/** Gives messages their places, and notes those whose control id came before, with other bytes. */
async function place(options: KeepOptions, fresh: readonly Keyed[]): Promise<readonly PlacedMessage[]> {
  const { pool, tenant, clock, random } = options;
  const { rows } = await pool.query({
    name: 'inbox places',
    text: `select u.n, nextval('inbox_seq') as seq, exists (
             select from inbox f where f.tenant = $1 and f.source = u.source and f.control_id = u.control_id
           ) as known from unnest($2::text[], $3::text[]) with ordinality as u(source, control_id, n)`,
    values: [
      tenant,
      fresh.map(({ message }) => message.source),
      fresh.map(({ message }) => message.controlId),
    ],
  });
  const places = z.array(PLACE).parse(rows);
  const seqs = places.map(({ seq }) => seq).toSorted((a, b) => (a < b ? -1 : 1));
  const known = new Set(places.filter((each) => each.known).map(({ n }) => Number(n) - 1));
  const receivedMs = clock();
  const seen = new Set<string>();
  return fresh.map(({ message, digest }, at) => {
    const name = `${message.source} ${message.controlId}`;
    const isRepeated = message.controlId !== '' && (known.has(at) || seen.has(name));
    seen.add(name);
    return {
      message,
      digest,
      id: uuidv7(receivedMs, random(UUID_RANDOM_BYTES)),
      seq: seqs[at] ?? 0n,
      receivedMs,
      issues: isRepeated ? [REPEATED] : [],
    };
  });
}
