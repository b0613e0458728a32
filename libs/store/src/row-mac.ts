import { timingSafeEqual } from 'node:crypto';
import { hmacSha256 } from '#digest';
import { GatewayError } from '#outcome';

/** A column as it is read from, and written to, the database. Times are epoch milliseconds, `±Infinity` where open. */
export type ColumnValue = string | number | bigint | boolean | null | Uint8Array | readonly string[];

/** The columns that a MAC covers, by name; a column `mac` is passed over, so that a row can be given as it was read. */
export type MacRow<Row = Record<string, ColumnValue>> = Readonly<Record<keyof Row, ColumnValue>>;

/**
 * Authenticates rows with a key that the database never sees: whoever edits a row there is found when it is read next.
 * The MAC is HMAC-SHA-256 over JSON of the table's name and each column's name, kind and value, columns in the order
 * of their names: JSON quotes whatever could be taken for structure, so two rows never give one text.
 */
export class RowMac {
  readonly #key: Uint8Array;

  /** @param key 32 bytes, kept outside the database and its backups. */
  constructor(key: Uint8Array) {
    this.#key = hmacSha256(key, 'proviso row mac v1');
  }

  /** The MAC to store beside the row. */
  of<Row extends MacRow<Row>>(table: string, row: Row): Uint8Array {
    const columns = Object.entries<ColumnValue>(row)
      .filter(([name]) => name !== 'mac')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, encode(value)]);
    return hmacSha256(this.#key, JSON.stringify([table, columns]));
  }

  /** @throws GatewayError `integrity-failure`, with `what` as details, unless `mac` belongs to the row. */
  check<Row extends MacRow<Row>>(table: string, row: Row, mac: Uint8Array, what: string): void {
    const expected = this.of(table, row);
    if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
      throw new GatewayError('integrity-failure', { details: what });
    }
  }
}

function encode(value: ColumnValue): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return value;
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return { n: String(value) };
  }
  return value instanceof Uint8Array ? { b: Buffer.from(value).toString('base64') } : { l: value };
}
