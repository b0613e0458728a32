import type { CounterGap } from '#provenance';

/** Where a sub-entry stands in the log. Places are ordered by index, then position. */
export interface AccessPlace {
  readonly index: bigint;
  /** The sub-entry's number in its record. */
  readonly position: number;
}

/** That a record concerns a person. What it says is in the record, which alone is evidence. */
export interface AccessEntry extends AccessPlace {
  readonly person: string;
  /** Numbers a person's sub-entries without gaps, from 1. */
  readonly subjectSeq: bigint;
  /** Epoch milliseconds. */
  readonly timeMs: number;
  /** Id of the AuditEvent that stands for it. */
  readonly event: string;
}

/** Whose entries, and which of them. All that is given must hold. */
export interface AccessQuery {
  /** Absent: of everybody. */
  readonly persons?: readonly string[];
  /** `client:<id>` or `user:<id>`. */
  readonly actor?: string;
  /** `Type/id` of a resource that left or changed. Takes `persons`: there is no table of resources. */
  readonly resource?: string;
  /** Epoch milliseconds, from this one on. */
  readonly fromMs?: number;
  /** Epoch milliseconds, before this one. */
  readonly toMs?: number;
  /** Places before this one. */
  readonly before?: AccessPlace;
  /** Entries at most, 1 to 1,000. */
  readonly limit: number;
}

/** Entries, newest first, and where to go on. */
export interface AccessPage {
  readonly entries: readonly AccessEntry[];
  /** Ask again with this as `before`; `undefined` where there are no more. A page may be short, or empty, and have one. */
  readonly next: AccessPlace | undefined;
}

/** An actor's records, and which of them. */
export interface ActorQuery {
  /** `client:<id>` or `user:<id>`. */
  readonly actor: string;
  /** Epoch milliseconds, from this one on. */
  readonly fromMs?: number;
  /** Epoch milliseconds, before this one. */
  readonly toMs?: number;
  /** Indexes before this one. */
  readonly before?: bigint;
  /** Records at most, 1 to 1,000. */
  readonly limit: number;
}

/** How whole a person's entries are in a period. */
export interface AccessCounts {
  readonly count: number;
  /** Numbers of the oldest and the newest; `undefined` where there are none. */
  readonly firstSeq: bigint | undefined;
  readonly lastSeq: bigint | undefined;
  /** Numbers between these two that the index does not have, the first hundred: a whole index has none. */
  readonly gaps: readonly CounterGap[];
  /** The last number that the log gave to the person; 0 where none. More than the newest of all entries: the index is behind. */
  readonly givenSeq: bigint;
}

/** Which entries are counted. */
export interface CountedAccesses {
  /** Epoch milliseconds, from this one on. */
  readonly fromMs?: number;
  /** Epoch milliseconds, before this one. */
  readonly toMs?: number;
  /** Of records before this index: what a page before it can show. */
  readonly below?: bigint;
}

/** Reads the index of accesses. It is behind the log by what its follower has not handled: see `position`. */
export interface AccessIndex {
  /** @throws GatewayError `invalid-value` for a limit out of range, or a resource without persons */
  page(query: AccessQuery): Promise<AccessPage>;
  /**
   * Indexes of an actor's records, newest first: also of those that concern nobody, and of those whose persons were erased.
   * @throws GatewayError `invalid-value` for a limit out of range
   */
  recordsOf(query: ActorQuery): Promise<readonly bigint[]>;
  /** A person's entries after a place, oldest first: what somebody who watches has not seen. */
  after(person: string, place: AccessPlace, limit: number): Promise<readonly AccessEntry[]>;
  /** The entry for which an AuditEvent stands. */
  ofEvent(event: string): Promise<AccessEntry | undefined>;
  counts(person: string, of: CountedAccesses): Promise<AccessCounts>;
  /** Index of the first record that is not in it yet. */
  position(): Promise<bigint>;
}
