import { sha256, toHex } from '#digest';

/** A value of a statement's parameter. */
export type SqlValue = string | number | bigint | readonly string[];

/** A named statement. Its name stands for its text, so that the database plans each shape once per connection. */
export interface SqlStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Collects the values of a statement while its text is written: values never get into the text. */
export class SqlValues {
  readonly #values: SqlValue[] = [];
  readonly #known = new Map<string, string>();

  /** The placeholder of a value, with its type: `$3::text`. A key makes later uses share it. */
  add(value: SqlValue, type: string, key?: string): string {
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    this.#values.push(value);
    const placeholder = `$${this.#values.length}::${type}`;
    if (key !== undefined) this.#known.set(key, placeholder);
    return placeholder;
  }

  text(value: string): string {
    return this.add(value, 'text');
  }

  texts(values: readonly string[]): string {
    return this.add(values, 'text[]');
  }

  /** Epoch milliseconds, ±Infinity too. */
  time(ms: number, key: string): string {
    return this.add(timestampText(ms), 'timestamptz', key);
  }

  statement(kind: string, text: string): SqlStatement {
    return { name: `${kind}_${toHex(sha256(text)).slice(0, 24)}`, text, values: this.#values };
  }
}

/** Epoch milliseconds as a timestamp, ±Infinity too. */
export function timestampText(ms: number): string {
  if (Number.isFinite(ms)) return new Date(ms).toISOString();
  return ms > 0 ? 'infinity' : '-infinity';
}
