import type { SourcePermit } from '#consent';

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

/** A write to a vendor's EHR. */
export interface SourceChange {
  readonly method: 'create' | 'update' | 'delete';
  readonly type: string;
  readonly id: string | undefined;
  readonly bytes: Uint8Array | undefined;
}

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
}
