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

/** What a sample can find: the audit's findings, but for those that only a look at everything gives. */
export type SampleFinding = LeafFinding | RecordFinding | CounterFinding | VersionFinding | RowFinding;

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
