import type { PoolClient } from 'pg';
import { ENTRY_BYTES } from '#provenance';
import type { TileRow } from './log-tail.js';
import type { SealedRecord } from './sealed-record.js';

/** All rows of a batch but those that its items change. */
export interface BatchRows {
  readonly tenant: string;
  /** Size of the log before the batch: index of its first record. */
  readonly first: bigint;
  readonly records: readonly SealedRecord[];
  readonly tiles: readonly TileRow[];
  readonly head: { readonly root: Uint8Array; readonly frontier: Uint8Array; readonly checkpoint: string };
  readonly session: { readonly id: string; readonly lastSeq: bigint; readonly closing: boolean };
  /** Sessions of gateways that vanished, which this batch's gap records name. */
  readonly closes: readonly string[];
  readonly atMs: number;
}

/**
 * One statement, one round trip. Bytes travel as one binary parameter that the server slices: an array of `bytea`
 * would travel as hexadecimal text.
 */
const WRITE = `
with leaf as (
  insert into log_leaf (tenant, idx, record_id, entry)
  select $1, $2::bigint + r.n - 1, r.id, substring($4::bytea from (r.n - 1)::int * ${ENTRY_BYTES} + 1 for ${ENTRY_BYTES})
  from unnest($3::uuid[]) with ordinality r (id, n)
), part as (
  insert into log_private (tenant, idx, part, key_id, sealed)
  select $1, $2::bigint + p.at, p.part, p.key_id, substring($5::bytea from p.start for p.length)
  from unnest($6::int[], $7::text[], $8::text[], $9::int[], $10::int[]) p (at, part, key_id, start, length)
), subject as (
  insert into log_subject (tenant, person, subject_seq, idx)
  select $1, s.person, s.seq, $2::bigint + s.at from unnest($11::uuid[], $12::bigint[], $13::int[]) s (person, seq, at)
), tile as (
  insert into log_tile (tenant, level, idx, hashes)
  select $1, t.level, t.idx, substring($14::bytea from t.start for t.length)
  from unnest($15::int[], $16::bigint[], $17::int[], $18::int[]) t (level, idx, start, length)
  on conflict (tenant, level, idx) do update set hashes = excluded.hashes
), session as (
  update gateway_session set last_seq = $20::bigint + cardinality($3::uuid[]),
    closed = case when $21::boolean then $22::timestamptz end
  where tenant = $1 and id = $19 and last_seq = $20::bigint and closed is null returning 1
), vanished as (
  update gateway_session set closed = $22::timestamptz
  where tenant = $1 and id = any($23::text[]) and id <> $19 and closed is null returning 1
)
update log_head set size = $2::bigint + cardinality($3::uuid[]), root = $24::bytea, frontier = $25::bytea,
  checkpoint = $26, last_time = greatest(last_time, $22::timestamptz)
where tenant = $1 and size = $2::bigint
returning (select count(*) from session)::int as sessions, (select count(*) from vanished)::int as vanished`;

/** What the statement met. Anything but `written` leaves a transaction that must be rolled back. */
export type WriteResult = 'written' | 'head-moved' | 'session-closed';

/** Writes leaves, parts, subjects, tiles, session and head. The head row MUST be locked by this transaction. */
export async function writeBatch(client: PoolClient, rows: BatchRows): Promise<WriteResult> {
  const parts = rows.records.flatMap(({ parts: own }, at) => own.map((part) => ({ at, ...part })));
  const subjects = rows.records.flatMap(({ subjects: own }, at) =>
    own.map((subject) => ({ at, ...subject })),
  );
  const sealed = slices(parts.map((part) => part.sealed));
  const hashes = slices(rows.tiles.map((tile) => tile.hashes));
  const { rows: heads } = await client.query<{ sessions: number; vanished: number }>({
    name: 'log-write',
    text: WRITE,
    values: [
      rows.tenant,
      rows.first,
      rows.records.map((record) => record.recordId),
      Buffer.concat(rows.records.map((record) => record.entry)),
      sealed.bytes,
      parts.map((part) => part.at),
      parts.map((part) => part.part),
      parts.map((part) => part.keyId),
      sealed.starts,
      sealed.lengths,
      subjects.map((subject) => subject.person),
      subjects.map((subject) => subject.seq),
      subjects.map((subject) => subject.at),
      hashes.bytes,
      rows.tiles.map((tile) => tile.level),
      rows.tiles.map((tile) => tile.index),
      hashes.starts,
      hashes.lengths,
      rows.session.id,
      rows.session.lastSeq,
      rows.session.closing,
      new Date(rows.atMs),
      rows.closes,
      rows.head.root,
      rows.head.frontier,
      rows.head.checkpoint,
    ],
  });
  const [head] = heads;
  if (head === undefined) return 'head-moved';
  return head.sessions === 1 && head.vanished === rows.closes.length ? 'written' : 'session-closed';
}

/** Joins byte strings; `starts` count from 1 as SQL does. */
function slices(pieces: readonly Uint8Array[]): {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
} {
  const starts: number[] = [];
  let at = 1;
  for (const piece of pieces) {
    starts.push(at);
    at += piece.length;
  }
  return { bytes: Buffer.concat(pieces), starts, lengths: pieces.map((piece) => piece.length) };
}
