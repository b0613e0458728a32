import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { RowMac } from '../../row-mac.js';
import type { Queryable } from '../head-row.js';
import type { RowFinding } from './finding.js';

/** A table whose rows carry a MAC. */
export interface GuardedTable<Row> {
  readonly table: string;
  /** Read from `table` by the name `f`. */
  readonly columns: string;
  readonly shape: z.ZodType<Row>;
  readonly key: (row: Row) => string;
  /** Throws `integrity-failure` where the MAC does not fit. */
  readonly check: (mac: RowMac, row: Row) => void;
}

/** Which rows of a table are read. */
export interface RowChoice {
  /** Such as `tablesample system (1)`. */
  readonly sample?: string;
  /** What follows `where f.tenant = $1`. */
  readonly rest?: string;
  /** Values from `$2` on. */
  readonly values?: readonly unknown[];
}

/** Reads rows that carry a MAC, and keeps what it found of them. */
export class GuardedReader {
  readonly findings: RowFinding[] = [];
  count = 0;
  readonly #pool: Queryable;
  readonly #tenant: string;
  readonly #mac: RowMac;

  constructor(pool: Queryable, tenant: string, mac: RowMac) {
    this.#pool = pool;
    this.#tenant = tenant;
    this.#mac = mac;
  }

  /** The rows, all where nothing is chosen; each whose MAC does not fit becomes a finding, and stands as if it did. */
  async read<Row>(of: GuardedTable<Row>, choice: RowChoice = {}): Promise<readonly Row[]> {
    const { table, columns, shape, key, check } = of;
    const { sample = '', rest = '', values = [] } = choice;
    const text = `select ${columns} from ${table} f ${sample} where f.tenant = $1 ${rest}`;
    const { rows } = await this.#pool.query(text, [this.#tenant, ...values]);
    this.count += rows.length;
    return z
      .array(shape)
      .parse(rows)
      .map((row) => {
        if (!this.#fits(row, check)) this.findings.push({ kind: 'row-altered', table, key: key(row) });
        return row;
      });
  }

  #fits<Row>(row: Row, check: (mac: RowMac, row: Row) => void): boolean {
    try {
      check(this.#mac, row);
      return true;
    } catch (cause) {
      if (cause instanceof GatewayError && cause.code === 'integrity-failure') return false;
      throw cause;
    }
  }
}
