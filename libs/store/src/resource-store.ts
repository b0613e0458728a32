import type { BlockRef, Facts, OperatePermit, ServePermit } from '#consent';
import type { ResourceRef, SearchRequest } from '#fhir';

/** A stored version, its MAC and digests checked. */
export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  readonly deleted: boolean;
  readonly current: boolean;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`. */
  readonly digest: Uint8Array;
  /** SHA-256 of the JCS form. */
  readonly canon: Uint8Array;
  readonly lastUpdatedMs: number;
  readonly facts: Facts;
  readonly patients: readonly {
    readonly patient: string;
    readonly person: string | undefined;
    readonly role: 'subject' | 'other';
  }[];
  /** Of a Patient that was read or found: the other Patients of her person that are visible too. See `withLinks`. */
  readonly linked: readonly string[];
}

/** Whom a record must name although nothing was served: the owners of what stayed hidden. One statement gives either. */
export interface Owners {
  readonly persons: readonly { readonly patient: string; readonly person: string }[];
}

/** What an instance interaction found. `absent` covers hidden and never there; only the record tells them apart. */
export type ReadResult =
  | {
      readonly kind: 'found';
      readonly stored: Stored;
      readonly sawPosition: bigint;
      /** `person_version` of the persons concerned, as the statement saw it. */
      readonly sawVersions: ReadonlyMap<string, bigint>;
    }
  | { readonly kind: 'absent'; readonly owners: Owners; readonly sawPosition: bigint };

/** A page of visible matches. */
export interface Page {
  readonly rows: readonly Stored[];
  /** Opaque, MACed over caller, query and position; `undefined` on the last page. */
  readonly next: string | undefined;
  /** Only where asked for. */
  readonly total: number | undefined;
  readonly sawPosition: bigint;
  /** `person_version` of the persons of the rows, as the statement saw it. */
  readonly sawVersions: ReadonlyMap<string, bigint>;
}

/** A page of the visible versions of one resource. */
export interface HistoryPage extends Page {
  /** Its owners where none is visible. */
  readonly owners: Owners;
}

/** Whether a projection that was seen while querying is still the one of the permit. */
export interface Saw {
  readonly block: BlockRef;
}

/**
 * Queries that serve somebody. Each MUST carry the permit's predicate in the statement, MUST check digests and MAC of
 * every version it returns (throws `integrity-failure`), and MUST refuse an expired permit.
 */
export interface ResourceStore {
  read(permit: ServePermit, ref: ResourceRef): Promise<ReadResult>;
  vread(permit: ServePermit, ref: ResourceRef, versionId: string): Promise<ReadResult>;
  history(permit: ServePermit, ref: ResourceRef, search: SearchRequest): Promise<HistoryPage>;
  search(permit: ServePermit, search: SearchRequest): Promise<Page>;
  /** Every version, for reindexing, scans and tests of the system itself. */
  scan(
    permit: OperatePermit,
    from: bigint,
    limit: number,
  ): Promise<readonly (Stored & { readonly seq: bigint })[]>;
}
