import type { RowMac } from '../row-mac.js';

/** For whom rows are written, and what authenticates them. */
export interface ApplyContext {
  readonly tenant: string;
  readonly mac: RowMac;
}

/** A change with the id of the record that explains it. */
export type Recorded<Change> = Change & { readonly recordId: string };
