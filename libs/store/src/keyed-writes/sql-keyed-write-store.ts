import type { Pool } from 'pg';
import { z } from 'zod';
import { toHex } from '#digest';
import { GatewayError } from '#outcome';
import type { ApplyContext } from '../apply/apply-context.js';
import { BYTES } from '../column-shapes.js';
import { toTimestamp } from '../pool.js';
import { isSameDigest } from './is-same-digest.js';
import type { KeyedWrite, KeyedWriteStore, KeyQuery, KeyStanding } from './keyed-write.js';
import {
  checkKeyedWrite,
  isIntact,
  KEYED_WRITE_COLUMNS,
  KEYED_WRITE_ROW,
  type KeyedWriteRow,
  keyedWriteOf,
} from './keyed-write-row.js';
import { hasExpired } from './may-begin.js';

/** A client that has as many keys as it may is told to come again after so long. */
const FULL_RETRY_S = 3_600;

const ROWS = z.array(KEYED_WRITE_ROW.extend({ entry: BYTES }));
const FROM = `select ${KEYED_WRITE_COLUMNS}, l.entry from keyed_write f
  join log_leaf l on l.tenant = f.tenant and l.record_id = f.record_id where f.tenant = $1`;

export interface KeyedWriteOptions extends ApplyContext {
  readonly pool: Pool;
  /** How many keys of a client are kept at a time. */
  readonly keysPerClient: number;
}

/** Writes under keys in Postgres. */
export class SqlKeyedWriteStore implements KeyedWriteStore {
  readonly #options: KeyedWriteOptions;

  constructor(options: KeyedWriteOptions) {
    this.#options = options;
  }

  keyDigest(client: string, key: string): string {
    const { tenant, mac } = this.#options;
    return toHex(mac.of('idempotency key', { tenant, client, key }));
  }

  async standing({ client, key, request, nowMs }: KeyQuery): Promise<KeyStanding> {
    const [write] = await this.#read('and f.client = $2 and f.key = $3', [
      client,
      this.keyDigest(client, key),
    ]);
    if (write === undefined || hasExpired(write, nowMs)) {
      if (!(await this.#hasRoom(client, nowMs))) throw full();
      return { kind: 'free', id: undefined };
    }
    if (!isSameDigest(write.request, request)) return { kind: 'other-request' };
    return write.state === 'not-written' ? { kind: 'free', id: write.id } : { kind: 'taken', write };
  }

  async get(id: string): Promise<KeyedWrite | undefined> {
    const [write] = await this.#read('and f.id::text = $2', [id]);
    return write;
  }

  async unsettled(query: Parameters<KeyedWriteStore['unsettled']>[0]): Promise<readonly KeyedWrite[]> {
    const rows = await this.#rows(
      `and f.state in ('open', 'unknown') and f.opened < $2 and f.next_lookup <= $3
       order by f.next_lookup, f.id limit $4`,
      [toTimestamp(query.openedBeforeMs), toTimestamp(query.nowMs), query.limit],
    );
    return rows.flatMap(([row, entry]) =>
      isIntact(this.#options.mac, row) ? [keyedWriteOf(row, entry)] : [],
    );
  }

  async postpone(id: string, untilMs: number): Promise<void> {
    const { pool, tenant } = this.#options;
    await pool.query({
      name: 'keyed write postponed',
      text: 'update keyed_write set lookups = lookups + 1, next_lookup = $3 where tenant = $1 and id = $2',
      values: [tenant, id, toTimestamp(untilMs)],
    });
  }

  async #read(rest: string, values: readonly unknown[]): Promise<readonly KeyedWrite[]> {
    const rows = await this.#rows(rest, values);
    return rows.map(([row, entry]) => {
      checkKeyedWrite(this.#options.mac, row);
      return keyedWriteOf(row, entry);
    });
  }

  async #rows(
    rest: string,
    values: readonly unknown[],
  ): Promise<readonly (readonly [KeyedWriteRow, Uint8Array])[]> {
    const { pool, tenant } = this.#options;
    const { rows } = await pool.query({ text: `${FROM} ${rest}`, values: [tenant, ...values] });
    return ROWS.parse(rows).map(({ entry, ...row }) => [row, entry]);
  }

  async #hasRoom(client: string, nowMs: number): Promise<boolean> {
    const { pool, tenant, keysPerClient } = this.#options;
    const { rows } = await pool.query<{ kept: number }>({
      name: 'keyed writes kept',
      text: `select count(*)::int as kept from (
               select from keyed_write where tenant = $1 and client = $2 and expires > $3 limit $4
             ) k`,
      values: [tenant, client, toTimestamp(nowMs), keysPerClient],
    });
    return (rows[0]?.kept ?? 0) < keysPerClient;
  }
}

function full(): GatewayError {
  return new GatewayError('too-many-requests', { details: 'idempotency-keys', retryAfterS: FULL_RETRY_S });
}
