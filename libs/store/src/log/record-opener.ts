import type { Pool } from 'pg';
import { GatewayError } from '#outcome';
import {
  decodeEntry,
  type Entry,
  type FollowedPart,
  type KeyVault,
  type OpenedRecord,
  openFittingPart,
} from '#provenance';
import { partRow } from './sealed-record.js';

/** Records of one range at most. */
const MAX_RANGE = 1_000n;

/** A part as the vault opened it; `plain` is absent where its key was destroyed. */
export interface PlainPart {
  readonly part: string;
  readonly plain: Uint8Array | undefined;
}

/** A record with its parts, opened as far as keys are left. */
export interface PlainRecord {
  readonly index: bigint;
  readonly recordId: string;
  readonly entry: Uint8Array;
  readonly parts: readonly PlainPart[];
}

interface RecordRow {
  readonly idx: bigint;
  readonly record_id: string;
  readonly entry: Buffer;
  readonly parts: readonly string[];
  readonly key_ids: readonly string[];
  /** One after the other, as they are named; an array of `bytea` would travel as hexadecimal text. */
  readonly sealed: Buffer;
  /** Their lengths, with commas; null where there is none. */
  readonly lengths: string | null;
}

/** Parts of a record `l`, in the order of their names. */
const partsWhere = (condition: string, demand = 'true'): string => `
select l.idx, l.record_id, l.entry, p.parts, p.key_ids, coalesce(p.sealed, '') as sealed, p.lengths
from log_leaf l cross join lateral (
  select coalesce(array_agg(p.part order by p.part), '{}') as parts,
    coalesce(array_agg(p.key_id order by p.part), '{}') as key_ids,
    string_agg(p.sealed, ''::bytea order by p.part) as sealed,
    string_agg(length(p.sealed)::text, ',' order by p.part) as lengths
  from log_private p where p.tenant = l.tenant and p.idx = l.idx and ${condition}) p
where l.tenant = $1 and l.idx >= $2 and l.idx < $3 and ${demand} order by l.idx`;
/** A record without any part is none. */
const SELECT = partsWhere('true', "p.parts <> '{}'");
const SELECT_PARTS = partsWhere("(p.part = any($4) or ($5 and p.part like 'sub:%'))");

const OUTER = ['op', 'actor', 'request'] as const;
const ALL: readonly FollowedPart[] = [...OUTER, 'subjects'];

/** Opens the private half of records, through the vault. */
export class RecordOpener {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #vault: KeyVault;

  constructor(pool: Pool, tenant: string, vault: KeyVault) {
    this.#pool = pool;
    this.#tenant = tenant;
    this.#vault = vault;
  }

  /**
   * One record.
   * @throws GatewayError `not-found` where there is none, `integrity-failure` where a part was altered
   */
  async openRecord(index: bigint): Promise<OpenedRecord> {
    return toOpened(await this.plainRecord(index), ALL);
  }

  /**
   * Records [from, to), in order: what a follower reads. Only the parts of `reads` are fetched and opened.
   * @throws GatewayError `invalid-value` for more than 1,000, `integrity-failure` where one is missing or altered
   */
  async openRange(
    from: bigint,
    to: bigint,
    reads: readonly FollowedPart[] = ALL,
  ): Promise<readonly OpenedRecord[]> {
    demandRange(from, to);
    const records = whole(await this.#readParts(from, to, reads), from, to);
    return records.map((record) => toOpened(record, reads));
  }

  /** One record with its parts as they were sealed: for receipts and the audit. */
  async plainRecord(index: bigint): Promise<PlainRecord> {
    const [record] = await this.#read(index, index + 1n);
    if (record === undefined) throw new GatewayError('not-found');
    return record;
  }

  /** Records [from, to) with their parts as they were sealed. */
  async plainRange(from: bigint, to: bigint): Promise<readonly PlainRecord[]> {
    demandRange(from, to);
    return whole(await this.#read(from, to), from, to);
  }

  async #read(from: bigint, to: bigint): Promise<readonly PlainRecord[]> {
    const values = [this.#tenant, from, to];
    const { rows } = await this.#pool.query<RecordRow>({ name: 'log-open', text: SELECT, values });
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  async #readParts(
    from: bigint,
    to: bigint,
    reads: readonly FollowedPart[],
  ): Promise<readonly PlainRecord[]> {
    const outer = reads.filter((part) => part !== 'subjects');
    const values = [this.#tenant, from, to, outer, reads.includes('subjects')];
    const named = { name: 'log-open-parts', text: SELECT_PARTS, values };
    const { rows } = await this.#pool.query<RecordRow>(named);
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  async #open(row: RecordRow): Promise<PlainRecord> {
    const pieces = piecesOf(row);
    const parts = row.parts.map(async (part, at): Promise<PlainPart> => {
      const [keyId, sealed] = [row.key_ids[at] ?? '', pieces[at] ?? Buffer.alloc(0)];
      return { part, plain: await this.#vault.unwrap(keyId, sealed, partRow(row.record_id, part)) };
    });
    return { index: row.idx, recordId: row.record_id, entry: row.entry, parts: await Promise.all(parts) };
  }
}

function piecesOf({ sealed, lengths }: RecordRow): readonly Buffer[] {
  let from = 0;
  return (lengths?.split(',') ?? []).map((length) => sealed.subarray(from, (from += Number(length))));
}

function demandRange(from: bigint, to: bigint): void {
  if (from < 0n || from > to || to - from > MAX_RANGE) {
    throw new GatewayError('invalid-value', { details: 'range of records' });
  }
}

function whole(records: readonly PlainRecord[], from: bigint, to: bigint): readonly PlainRecord[] {
  const gap = records.findIndex(({ index }, at) => index !== from + BigInt(at));
  const end = gap === -1 ? records.length : gap;
  if (BigInt(end) !== to - from) throw altered(from + BigInt(end));
  return records;
}

function toOpened({ index, entry, parts }: PlainRecord, reads: readonly FollowedPart[]): OpenedRecord {
  const decoded = decodeEntry(entry);
  const names = new Set(parts.map(({ part }) => part));
  const isWhole = OUTER.every((part) => !reads.includes(part) || names.has(part));
  if (!isWhole || decoded === undefined) throw altered(index);
  const opened = parts.flatMap((part) => fitting(decoded, part) ?? []);
  const lost = parts.filter(({ plain }) => plain === undefined).map(({ part }) => part);
  if (opened.length + lost.length !== parts.length) throw altered(index);
  const groups = opened.flatMap((part) => part.groups);
  const subEntries = opened.flatMap((part) => part.subEntries);
  const record = { index, entry, groups, subEntries };
  return lost.length === 0 ? { kind: 'opened', ...record } : { kind: 'erased', lost, ...record };
}

function fitting(entry: Entry, { part, plain }: PlainPart): ReturnType<typeof openFittingPart> {
  return plain === undefined ? undefined : openFittingPart(entry, part, plain);
}

function altered(index: bigint): GatewayError {
  return new GatewayError('integrity-failure', { details: `log_private/${index}` });
}
