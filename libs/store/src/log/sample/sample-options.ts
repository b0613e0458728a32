import type { Policy } from '#provenance';
import type { RowMac } from '../../row-mac.js';
import type {
  CounterFinding,
  LeafFinding,
  RecordFinding,
  RowFinding,
  VersionFinding,
} from '../audit/finding.js';
import type { HeadRow, Queryable } from '../head-row.js';
import type { SqlKeyVault } from '../sql-key-vault.js';

/** A leaf of a sample that is not as it was. */
export type SampledLeafFinding =
  | LeafFinding
  /** Leaves of a tile of level 0 are genuine and in their places; the tiles above do not lead from them to the root. */
  | { readonly kind: 'tile-not-included'; readonly tile: bigint };

/** What a sample can find: the audit's findings, but for those that only a look at everything gives. */
export type SampleFinding = SampledLeafFinding | RecordFinding | CounterFinding | VersionFinding | RowFinding;

/** One look at the database: every statement of it sees the same rows. */
export interface Snapshot {
  readonly pool: Queryable;
  readonly tenant: string;
  readonly mac: RowMac;
  /** Without keys that an earlier look kept. */
  readonly vault: SqlKeyVault;
  readonly policy: Policy;
  readonly head: HeadRow;
  /** Of [0, 1). */
  readonly random: () => number;
}
