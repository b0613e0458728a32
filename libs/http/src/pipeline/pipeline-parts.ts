import type { ErrorCode } from '#outcome';
import type { LogStore } from '#provenance';
import type { Principal } from '#smart';
import type { Admission } from './admission.js';

/** What sealing an answer needs of the world, whatever the application: given once by the composition. */
export interface PipelineParts<Change> {
  /** The caller of an `Authorization` header. Throws `login-required` or `token-expired`. */
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>;
  readonly admission: Admission;
  readonly log: LogStore<Change>;
  /** The block at which the projection of the chain stands; `undefined` before the first. */
  readonly projection: () => Promise<{ readonly at: ProjectedBlock } | undefined>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** A new record id, UUIDv7 of that time. */
  readonly newId: (timeMs: number) => string;
  /** Epoch milliseconds of the newest sealed record, a lower bound of the time. */
  readonly lastSealedMs: () => number;
  /** Counts an answer to nobody; one record a minute holds the counts. */
  readonly unidentified: (code: ErrorCode) => void;
  readonly incident: (kind: RequestIncident, detail: Readonly<Record<string, string>>) => void;
  /** What an error says of the database; `undefined` where it says something else. */
  readonly storageFault: (error: unknown) => StorageFault | undefined;
  /** Whether a change holds what was judged when it was planned: the log refuses its record where that changed meanwhile. */
  readonly isJudged: (change: Change) => boolean;
}

/** A block of the projection. */
export interface ProjectedBlock {
  readonly number: bigint;
  readonly hash: string;
}

/** The database is away or too busy, or one statement took too long. */
export type StorageFault = 'lost' | 'cancelled';

/** What operators must know of at once, and only a request shows: `docs/monitors.md` says what each means. */
export type RequestIncident =
  'guard-removed' | 'clock-apart' | 'integrity-failure' | 'internal' | 'seal-unavailable';
