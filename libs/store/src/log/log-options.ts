import type { ClientBase, Pool } from 'pg';
import type { KeyVault, RecordSigner, TreeHead } from '#provenance';
import type { ChangeItem } from '../apply/apply-changes.js';

/** What an operator must know of at once. Opaque ids and sizes only. */
export type LogIncident =
  | { readonly kind: 'log-forked'; readonly seen: bigint; readonly stored: bigint }
  | { readonly kind: 'log-rolled-back'; readonly seen: bigint; readonly stored: bigint }
  /** Somebody who compares the log with what others hold of it told the store to append no more. */
  | { readonly kind: 'log-halted'; readonly why: string }
  | { readonly kind: 'log-half-written'; readonly records: readonly string[] }
  | { readonly kind: 'session-lost'; readonly session: string }
  | { readonly kind: 'session-vanished'; readonly session: string; readonly lastSeq: bigint }
  | { readonly kind: 'high-water-failed'; readonly cause: unknown };

/** What a `SqlLogStore` is made of. */
export interface SqlLogOptions {
  /** Two connections at least: one is held by the committer. */
  readonly pool: Pool;
  readonly tenant: string;
  /** `<host>/log/<tenant>` */
  readonly origin: string;
  /** Name of this gateway; its sessions begin with it. */
  readonly gateway: string;
  readonly signer: RecordSigner;
  readonly vault: KeyVault;
  /** Writes the items' row changes, inside the log's transaction: `applyChanges` with its context. */
  readonly apply: (client: ClientBase, items: readonly ChangeItem[]) => Promise<void>;
  /** Signs a head as a C2SP checkpoint with the log's key. */
  readonly signCheckpoint: (head: TreeHead) => string;
  /** A file outside the database that keeps the newest head. */
  readonly highWaterPath: string;
  readonly incident: (incident: LogIncident) => void;
  /** Told after each COMMIT how many row changes it held. MUST NOT throw; nobody waits for it. */
  readonly changed?: (changes: number) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Records of a batch at most. */
  readonly maxBatch?: number;
  /** Records that may wait at most. */
  readonly maxWaiting?: number;
  /** How long a batch is retried while the database does not answer. */
  readonly patienceMs?: number;
}
