import type { Basis, RuleSet } from '#consent';
import type { JsonObject } from '#digest';
import type { PatchOperation, WriteInteraction } from '#fhir';
import type { Stored, VersionWrite } from '#store';
import type { Decided, Found, GuardedBy, Scoped } from './exchange.js';

/** What a client sent to be written, read strictly. */
export type Sent =
  | { readonly kind: 'resource'; readonly resource: JsonObject }
  | { readonly kind: 'patch'; readonly operations: readonly PatchOperation[] }
  | { readonly kind: 'nothing' };

/** After `receive`. */
export type Received<I extends WriteInteraction = WriteInteraction> = Scoped<I> & {
  readonly sent: Sent;
  /** The version that the client wants to change; `undefined` where it makes a resource. */
  readonly expected: string | undefined;
};

/** What `keyed` adds: the key under which the write is made. */
export interface Keyed {
  readonly key:
    | {
        /** The write's reference. */
        readonly id: string;
        /** The client's key as it is kept. */
        readonly digest: string;
        /** SHA-256 of the request. */
        readonly request: Uint8Array;
      }
    | undefined;
}

/** After `decide` and `keyed`; of what is changed also `guard` has been: `rows` holds the version that is there. */
export type Permitted = Decided<WriteInteraction> &
  Keyed &
  Pick<Received, 'sent' | 'expected'> &
  Partial<Pick<Found, 'rows'> & GuardedBy>;

/** Who takes a write. */
export type Whose =
  | { readonly kind: 'own'; readonly source: string }
  /** Another's system of record: it would have to be asked first. */
  | { readonly kind: 'vendor'; readonly source: string }
  | { readonly kind: 'nobody' };

/** After `whose`: the client's own source takes it, or a vendor that owns the record. */
export type Owned = Permitted & {
  readonly source: string;
  /** Whether the source must be asked: it is a vendor's. */
  readonly isVendors: boolean;
};

/** What is to stand there. */
export type Revision =
  | { readonly kind: 'content'; readonly resource: JsonObject }
  | { readonly kind: 'deletion'; readonly before: Stored };

/** After `revise`. */
export type Revised = Owned & { readonly revision: Revision };

/** After `judgeWritten`: both what stood there and what is to stand there are permitted. */
export type Accepted = Revised & {
  readonly version: VersionWrite;
  /** Persons of the patients before and after. */
  readonly persons: ReadonlyMap<string, string>;
  /** Of all these persons, as they were judged. */
  readonly ruleSets: readonly RuleSet[];
  /** What the write rests on. */
  readonly basis: readonly Basis[];
  /** Whether the client may read what it wrote. */
  readonly readable: boolean;
};

/** The version that is there. */
export function beforeOf({ rows }: Pick<Permitted, 'rows'>): Stored | undefined {
  return rows?.[0];
}
