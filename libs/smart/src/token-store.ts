/** A stored model of the authorization server. `payload` is its own JSON; ids are SHA-256 of what the bearer holds. */
export interface StoredGrantModel {
  readonly kind: string;
  readonly idHash: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly grantId: string | undefined;
  readonly userCode: string | undefined;
  readonly uid: string | undefined;
  readonly expiresMs: number | undefined;
  readonly consumedMs: number | undefined;
}

/**
 * Storage of the authorization server.
 *
 * `consume` and `insertOnce` MUST be atomic: of any number of parallel calls exactly one returns true.
 * Rows MUST carry a MAC over what decides; `find` MUST throw `integrity-failure` where it does not fit.
 */
export interface TokenStore {
  /** Inserts or replaces. */
  upsert(model: StoredGrantModel): Promise<void>;
  /** Inserts if absent; false if it was there. */
  insertOnce(model: StoredGrantModel): Promise<boolean>;
  find(kind: string, idHash: string): Promise<StoredGrantModel | undefined>;
  findByUid(kind: string, uid: string): Promise<StoredGrantModel | undefined>;
  /** Marks consumed; false if it was consumed before or is not there. */
  consume(kind: string, idHash: string, atMs: number): Promise<boolean>;
  destroy(kind: string, idHash: string): Promise<void>;
  revokeByGrantId(kind: string, grantId: string): Promise<void>;
  list(kind: string): Promise<readonly StoredGrantModel[]>;
  /** Deletes what expired before `nowMs`; returns how many. */
  sweep(nowMs: number): Promise<number>;
}
