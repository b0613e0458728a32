import type { Pool } from 'pg';
import { GatewayError } from '#outcome';
import { type KeyVault, type OpenedRecord, openPart } from '#provenance';
import { unfitParts } from './parts-fit.js';
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
  readonly sealed: readonly Buffer[];
}

const SELECT = `
select l.idx, l.record_id, l.entry, array_agg(p.part order by p.part) as parts,
  array_agg(p.key_id order by p.part) as key_ids, array_agg(p.sealed order by p.part) as sealed
from log_leaf l join log_private p on p.tenant = l.tenant and p.idx = l.idx
where l.tenant = $1 and l.idx >= $2 and l.idx < $3 group by l.idx, l.record_id, l.entry order by l.idx`;

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
    return toOpened(await this.plainRecord(index));
  }

  /**
   * Records [from, to), in order: what a follower reads.
   * @throws GatewayError `invalid-value` for more than 1,000, `integrity-failure` where one is missing or altered
   */
  async openRange(from: bigint, to: bigint): Promise<readonly OpenedRecord[]> {
    return (await this.plainRange(from, to)).map(toOpened);
  }

  /** One record with its parts as they were sealed: for receipts and the audit. */
  async plainRecord(index: bigint): Promise<PlainRecord> {
    const [record] = await this.#read(index, index + 1n);
    if (record === undefined) throw new GatewayError('not-found');
    return record;
  }

  /** Records [from, to) with their parts as they were sealed. */
  async plainRange(from: bigint, to: bigint): Promise<readonly PlainRecord[]> {
    if (from < 0n || from > to || to - from > MAX_RANGE) {
      throw new GatewayError('invalid-value', { details: 'range of records' });
    }
    const records = await this.#read(from, to);
    const gap = records.findIndex(({ index }, at) => index !== from + BigInt(at));
    const end = gap === -1 ? records.length : gap;
    if (BigInt(end) !== to - from) throw altered(from + BigInt(end));
    return records;
  }

  async #read(from: bigint, to: bigint): Promise<readonly PlainRecord[]> {
    const { rows } = await this.#pool.query<RecordRow>({
      name: 'log-open',
      text: SELECT,
      values: [this.#tenant, from, to],
    });
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  async #open(row: RecordRow): Promise<PlainRecord> {
    const parts = row.parts.map(async (part, at): Promise<PlainPart> => {
      const [keyId, sealed] = [row.key_ids[at] ?? '', row.sealed[at] ?? Buffer.alloc(0)];
      return { part, plain: await this.#vault.unwrap(keyId, sealed, partRow(row.record_id, part)) };
    });
    return { index: row.idx, recordId: row.record_id, entry: row.entry, parts: await Promise.all(parts) };
  }
}

function toOpened({ index, entry, parts }: PlainRecord): OpenedRecord {
  const names = new Set(parts.map(({ part }) => part));
  const whole = ['op', 'actor', 'request'].every((part) => names.has(part));
  if (!whole || unfitParts(entry, parts).length > 0) throw altered(index);
  const groups = parts.flatMap(({ plain }) => (plain === undefined ? [] : openPart(plain)));
  const kind = parts.some(({ plain }) => plain === undefined) ? 'erased' : 'opened';
  return { kind, index, entry, groups };
}

function altered(index: bigint): GatewayError {
  return new GatewayError('integrity-failure', { details: `log_private/${index}` });
}
