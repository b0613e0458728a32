import type { StartFault } from '../start-gate.js';

/** What part of a stored version does not fit. `facts` are its labels, patients, times and the rest under its MAC. */
export type VersionPart = 'bytes' | 'canon' | 'content' | 'facts';

/** Leaves of the log. */
export type LeafFinding =
  | Extract<StartFault, { readonly kind: 'leaf-missing' | 'leaf-altered' }>
  | { readonly kind: 'leaf-swapped'; readonly index: bigint }
  | { readonly kind: 'entry-signature-invalid'; readonly index: bigint };

/** The private half of records. */
export type RecordFinding =
  | { readonly kind: 'part-altered'; readonly index: bigint; readonly part: string }
  | { readonly kind: 'part-missing'; readonly index: bigint; readonly part: string }
  | { readonly kind: 'key-missing'; readonly index: bigint; readonly part: string };

/** Numbers of gateways and persons. */
export type CounterFinding =
  | {
      readonly kind: 'gateway-gap';
      readonly gateway: string;
      /** First number that is missing. */
      readonly seq: bigint;
    }
  | { readonly kind: 'session-altered'; readonly gateway: string }
  | { readonly kind: 'subject-gap'; readonly person: string; readonly seq: bigint }
  | { readonly kind: 'subject-row-altered'; readonly index: bigint }
  | { readonly kind: 'counter-altered'; readonly person: string };

/** Versions of resources, and what finds them. */
export type VersionFinding =
  | {
      readonly kind: 'version-altered';
      readonly type: string;
      readonly id: string;
      readonly versionId: string;
      readonly part: VersionPart;
    }
  | {
      readonly kind: 'version-missing';
      readonly type: string;
      readonly id: string;
      readonly versionId: string;
      /** A record that names it. */
      readonly index: bigint;
    }
  | {
      readonly kind: 'version-rolled-back';
      readonly type: string;
      readonly id: string;
      /** The version that is shown as the current one; `undefined` where none is. */
      readonly current: string | undefined;
      /** The version that the log says came later. */
      readonly later: string;
    }
  | {
      readonly kind: 'version-unrecorded';
      readonly type: string;
      readonly id: string;
      readonly versionId: string;
    }
  | { readonly kind: 'index-altered'; readonly type: string; readonly id: string; readonly table: string };

/** Rows that carry a MAC, and rows that others or the log say must be there. */
export type RowFinding =
  | { readonly kind: 'row-altered'; readonly table: string; readonly key: string }
  | { readonly kind: 'row-missing'; readonly table: string; readonly key: string }
  | { readonly kind: 'row-rolled-back'; readonly table: string; readonly key: string };

/** Something that is not as it was recorded. Ids are opaque; no finding says anything about a person. */
export type AuditFinding =
  | StartFault
  | LeafFinding
  | RecordFinding
  | CounterFinding
  | VersionFinding
  | RowFinding
  | { readonly kind: 'leaf-inserted'; readonly index: bigint }
  | { readonly kind: 'tile-altered'; readonly level: number; readonly index: bigint }
  | { readonly kind: 'key-destroyed-without-notice'; readonly keyId: string; readonly records: number };

/** A row that others, or the log, say must be there. */
export function missing(table: string, key: string): RowFinding {
  return { kind: 'row-missing', table, key };
}
