import type { PoolClient } from 'pg';
import { type AppendItem, type Seal, sealCommitted, type TreeHead } from '#provenance';
import type { RowChange } from '../change.js';
import { writeBatch } from './batch-statement.js';
import { LogStopped } from './commit-failure.js';
import { closingRecord, type GatewaySession, openingRecord } from './gateway-session.js';
import { lockHead } from './head-row.js';
import type { SqlLogOptions } from './log-options.js';
import type { LogTail } from './log-tail.js';
import { type SealedRecord, sealRecords, takeSubjectNumbers } from './sealed-record.js';
import { followHead } from './stored-tail.js';

/** What is committed or fails as a whole: the items of one `append`. */
export interface LogUnit {
  readonly items: readonly AppendItem<RowChange>[];
  /** Vanished sessions that the unit's records name. */
  readonly closes?: readonly string[];
  /** Ends this gateway's session with the unit. */
  readonly closing?: boolean;
}

/** Where a batch begins: what this process knows of log and session. */
export interface BatchStart {
  readonly client: PoolClient;
  readonly session: GatewaySession;
  readonly tail: LogTail;
  readonly nowMs: number;
}

/** A batch that is written and not yet committed. */
export interface WrittenBatch {
  readonly tail: LogTail;
  readonly head: TreeHead;
  readonly session: GatewaySession | undefined;
  /** Seals of each unit's records; only true once COMMIT succeeded. */
  readonly seals: () => readonly (readonly Seal[])[];
}

/**
 * Writes a batch inside the open transaction: rows of the items, subject counters, head lock, records, head.
 * The order of locks is the same in every gateway.
 * @throws LogStopped where the stored log does not continue what this process saw
 */
export async function writeUnits(
  start: BatchStart,
  units: readonly LogUnit[],
  options: SqlLogOptions,
): Promise<WrittenBatch> {
  const { client, session, nowMs } = start;
  const closing = units.some((unit) => unit.closing === true);
  const opening = session.lastSeq === 0n ? [{ record: openingRecord(session, nowMs), writes: [] }] : [];
  const ending = closing ? [{ record: closingRecord(session, nowMs), writes: [] }] : [];
  const items = [...opening, ...units.flatMap((unit) => unit.items), ...ending];
  const records = await sealItems(start, items, options);

  const before = await lockedTail(start, options);
  const { tail, tiles } = before.append(records.map((record) => record.leaf));
  const head = { origin: options.origin, size: tail.size, root: tail.root() };
  const written = await writeBatch(client, {
    tenant: options.tenant,
    first: before.size,
    records,
    tiles,
    head: {
      root: head.root,
      frontier: Buffer.concat(tail.frontier.hashes),
      checkpoint: options.signCheckpoint(head),
    },
    session: { ...session, closing },
    closes: units.flatMap((unit) => unit.closes ?? []),
    atMs: nowMs,
  });
  if (written === 'head-moved') throw stopped('log-forked', before.size, before.size);
  if (written === 'session-closed') throw new SessionClosed();
  const lastSeq = session.lastSeq + BigInt(items.length);
  return {
    tail,
    head,
    session: closing ? undefined : { id: session.id, lastSeq },
    seals: () => sealsOf(units, records.slice(opening.length), before.size + BigInt(opening.length), head),
  };
}

/** Another gateway took this one for vanished and closed its session. */
export class SessionClosed extends Error {}

async function sealItems(
  { client, session }: BatchStart,
  items: readonly AppendItem<RowChange>[],
  options: SqlLogOptions,
): Promise<readonly SealedRecord[]> {
  const changes = items.map(({ record, writes }) => ({ recordId: record.op.id, writes }));
  if (changes.some(({ writes }) => writes.length > 0)) await options.apply(client, changes);
  const numbers = await takeSubjectNumbers(
    client,
    options.tenant,
    items.map((item) => item.record),
  );
  const { vault, signer } = options;
  return sealRecords(items, numbers, { vault, signer, gateway: session.id, lastSeq: session.lastSeq });
}

/** Locks the head and gives the tail that it stands for, if it continues the one that this process saw. */
async function lockedTail({ client, tail: seen }: BatchStart, options: SqlLogOptions): Promise<LogTail> {
  const head = await lockHead(client, options.tenant);
  const stored = head?.size ?? 0n;
  if (head === undefined || stored < seen.size) throw stopped('log-rolled-back', seen.size, stored);
  const tail =
    head.origin === options.origin ? await followHead(client, options.tenant, head, seen) : undefined;
  if (tail === undefined) throw stopped('log-forked', seen.size, stored);
  return tail;
}

function stopped(kind: 'log-forked' | 'log-rolled-back', seen: bigint, stored: bigint): LogStopped {
  return new LogStopped({ kind, seen, stored });
}

function sealsOf(
  units: readonly LogUnit[],
  records: readonly SealedRecord[],
  first: bigint,
  { origin, size }: TreeHead,
): readonly (readonly Seal[])[] {
  const seals = records.map(({ leaf }, at) =>
    sealCommitted({ origin, index: first + BigInt(at), leaf, size }),
  );
  let from = 0;
  return units.map(({ items }) => seals.slice(from, (from += items.length)));
}
