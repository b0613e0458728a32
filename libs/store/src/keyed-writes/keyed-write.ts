/** What is written: the interactions of FHIR that change a resource. */
export type WriteInteraction = 'create' | 'update' | 'patch' | 'delete';

/**
 * What became of a write. `open`: it was begun. `unknown`: nobody knows whether its source took it. `not-written`: its source
 * did not, and the same request may be tried again under the same key; where the source's answer comes after all, it counts.
 * The other two are for good.
 */
export type WriteState = 'open' | 'unknown' | 'done' | 'refused' | 'not-written';

/** What a write is about: no content of it. */
export interface WriteTarget {
  /** Who owns the resource. */
  readonly source: string;
  readonly type: string;
  /** Our id; `undefined` while the source has not given one. */
  readonly id: string | undefined;
  /** Our id of the patient whose resource it is. */
  readonly patient: string | undefined;
  /** The source's own id, and the version of its that the write is to follow. */
  readonly sourceId: string | undefined;
  readonly sourceVersion: string | undefined;
}

/** What a client was answered, without bodies: an answer is rendered again from the version. */
export interface WriteAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Our id and version of what was written; `undefined` where the write was refused. */
  readonly id: string | undefined;
  readonly versionId: string | undefined;
  /** The error code of a refusal. */
  readonly reason: string | undefined;
}

/** A write that is begun, or done, under a key. */
export interface KeyedWriteBegun {
  /** UUID: the write's reference, and the key that a vendor is told. The one of a row that `not-written` leaves stays. */
  readonly id: string;
  readonly client: string;
  /** `keyDigest` of what the client gave as Idempotency-Key, else of `id`. */
  readonly key: string;
  /** SHA-256 of the request, 32 bytes: the same key with another request is refused. */
  readonly request: Uint8Array;
  readonly interaction: WriteInteraction;
  readonly target: WriteTarget;
  readonly openedMs: number;
  /** From then on the key may stand for another request. */
  readonly expiresMs: number;
}

/** A write as it is kept. */
export interface KeyedWrite extends KeyedWriteBegun {
  readonly state: WriteState;
  readonly answer: WriteAnswer | undefined;
  readonly closedMs: number | undefined;
  /** The record that began it (or did it at once). */
  readonly recordId: string;
  /** Leaf (hex) of that record. */
  readonly leaf: string;
  /** The record that says what became of it. */
  readonly endRecordId: string | undefined;
  /** How often its source was asked what became of it. */
  readonly lookups: number;
}

/** What is known of a key. */
export type KeyStanding =
  /** Nothing: a write may begin, under `id` where that is given (it was begun before, and not written). */
  | { readonly kind: 'free'; readonly id: string | undefined }
  | { readonly kind: 'taken'; readonly write: KeyedWrite }
  /** The key stands for another request. */
  | { readonly kind: 'other-request' };

/** Which key of whom is asked for, with which request. */
export interface KeyQuery {
  readonly client: string;
  /** As the client gave it. */
  readonly key: string;
  /** SHA-256 of the request. */
  readonly request: Uint8Array;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/**
 * Looks up writes under keys; their rows change through `RowChange` alone. Every row's MAC is checked: throws
 * `integrity-failure`.
 */
export interface KeyedWriteStore {
  /** How a client's key is kept: equal for equal keys of a client, telling nothing. */
  keyDigest(client: string, key: string): string;
  /** @throws `too-many-requests` where the key is new and the client has as many as it may */
  standing(query: KeyQuery): Promise<KeyStanding>;
  /** `undefined` where there is none. */
  get(id: string): Promise<KeyedWrite | undefined>;
  /**
   * Writes that are open or unknown, were opened before `openedBeforeMs` and are due at `nowMs`; those due first, first. A
   * row that was altered is passed over, so that it holds up no other: audit and sampler tell of it.
   */
  unsettled(query: {
    readonly openedBeforeMs: number;
    readonly nowMs: number;
    readonly limit: number;
  }): Promise<readonly KeyedWrite[]>;
  /** Its source could not tell: it is asked again then. */
  postpone(id: string, untilMs: number): Promise<void>;
}
