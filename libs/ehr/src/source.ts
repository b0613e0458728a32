import type { SourcePermit, SourceWritePermit } from '#consent';
import type { JsonObject } from '#digest';

/** A patient as a source's roster names it. */
export interface SourcePatient {
  /** The id at the source. */
  readonly id: string;
  /** `system|value`. */
  readonly identifiers: readonly string[];
}

/** A page of raw bytes from a source, with what it was asked for. */
export interface SourcePayload {
  readonly source: string;
  readonly dialect: 'fhir-r4';
  readonly type: string;
  /** The exact bytes received. */
  readonly bytes: Uint8Array;
}

/** The result of a pull: `complete` only if every page of every type came without a warning, so that absence means deletion. */
export interface PullResult {
  readonly payloads: readonly SourcePayload[];
  readonly complete: readonly string[];
  readonly warnings: readonly string[];
}

/** A write to a vendor's EHR, in the vendor's own ids. */
export interface SourceChange {
  readonly method: 'create' | 'update' | 'delete';
  readonly type: string;
  /** The id at the source; `undefined` of a create, of which the source gives the id. */
  readonly id: string | undefined;
  /** The source's version that it follows; `undefined` of a create. */
  readonly version: string | undefined;
  /** Whose it is: a Patient's id at the source. */
  readonly patient: string | undefined;
  /** What is to be written; `undefined` of a delete. */
  readonly resource: JsonObject | undefined;
  /** Opaque, different for each write and the same for each try of one: by it the write is found again. */
  readonly key: string;
}

/** A resource as a source holds it after a write. */
export interface SourceHeld {
  /** The id at the source. */
  readonly id: string;
  /** The source's version; `undefined` where it tells none, or of what was deleted. */
  readonly version: string | undefined;
  /** The exact bytes that it holds now; `undefined`: it was deleted. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * What came of a write. `refused`: the source looked at it and wrote nothing. `not-sent`: it never came to be looked at, and
 * may be tried again. `unknown`: nobody here knows; `lookUp` finds out.
 */
export type SourceWritten =
  | { readonly kind: 'done'; readonly held: SourceHeld }
  | {
      readonly kind: 'refused';
      readonly reason: 'conflict' | 'gone' | 'forbidden' | 'invalid';
      /** HTTP status of the source. */
      readonly status: number;
    }
  | {
      readonly kind: 'not-sent';
      readonly code: SourceFault;
      readonly retryAfterS: number | undefined;
    }
  | { readonly kind: 'unknown'; readonly code: SourceFault };

/** How a source failed. */
export type SourceFault = 'source-unavailable' | 'source-timeout' | 'source-invalid';

/**
 * What became of an earlier write. `superseded`: something else stands there, and whether the write stood in between cannot be
 * told.
 */
export type SourceFinding =
  | { readonly kind: 'found'; readonly held: SourceHeld }
  | { readonly kind: 'absent' }
  | { readonly kind: 'superseded' };

/**
 * A vendor's EHR.
 *
 * Every call needs a permit for this source. Failures are `source-unavailable`, `source-timeout`, `source-invalid`.
 * A source MUST NOT follow a link to another origin, MUST bound bytes, pages and time, and MUST NOT send its token elsewhere.
 */
export interface Source {
  readonly id: string;
  roster(permit: SourcePermit): AsyncIterable<SourcePatient>;
  find(permit: SourcePermit, identifiers: readonly string[]): Promise<readonly SourcePatient[]>;
  pull(
    permit: SourcePermit,
    patient: string,
    types: readonly string[],
    signal: AbortSignal,
  ): Promise<PullResult>;
  /** What the source knows of nobody in particular: organizations, practitioners. */
  directory(permit: SourcePermit, signal: AbortSignal): Promise<PullResult>;
  /** Whether it takes such writes. */
  writes(type: string, method: SourceChange['method']): boolean;
  /**
   * Writes, once: what came of it is a value, and MUST be `unknown` wherever the source may have written. MUST NOT try again
   * what may have been received. MUST bound bytes and time.
   * @throws GatewayError `internal` where the permit is of another source, of another action, or ran out; or where it takes no
   *   such write
   */
  write(permit: SourceWritePermit, change: SourceChange): Promise<SourceWritten>;
  /**
   * What became of a write whose answer is not known.
   * @throws GatewayError `source-unavailable`, `source-timeout`, `source-invalid` where the source cannot tell now
   */
  lookUp(permit: SourcePermit, change: SourceChange): Promise<SourceFinding>;
}
