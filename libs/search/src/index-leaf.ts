import type { JsonValue } from '#digest';
import type { IndexRows } from './index-rows.js';

/** Rows being collected. */
export type RowLists = {
  readonly [Kind in keyof IndexRows]: IndexRows[Kind][number][];
};

/** Where a path of a search parameter ends. */
export interface Leaf {
  readonly param: string;
  readonly kind: keyof IndexRows;
  /** FHIR type of the value. */
  readonly type: string;
  /** The only type of resource that a reference may point at: `where(resolve() is Patient)`. */
  readonly target: string | undefined;
}

/** Makes the rows of one value. */
export type RowMaker = (rows: RowLists, leaf: Leaf, value: JsonValue) => void;
