/** Comparison prefixes of ordered parameters. @see https://hl7.org/fhir/R4/search.html#prefix */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

/**
 * One alternative (comma part) of a search criterion, parsed by the parameter's type.
 *
 * - token: `system` undefined is any, null is none; `code` undefined is any code of the system.
 * - reference: with `url` the whole reference is another server's or no literal one, and `id` is empty; else `id` is one of
 *   this store, of any type where `type` is undefined.
 * - date: ISO instants of the span [lo, hi) that the precision means, whatever the prefix; for `ap` already widened.
 * - number, quantity: [lo, hi) by the precision for `eq`, `ne`, and widened for `ap`; `lo` = `hi`, the value itself, for the
 *   ordering prefixes. A quantity is in the unit as sent: `#search` turns it into canonical units.
 */
export type SearchValue =
  | { readonly kind: 'token'; readonly system: string | null | undefined; readonly code: string | undefined }
  | { readonly kind: 'string'; readonly text: string }
  | {
      readonly kind: 'reference';
      readonly type: string | undefined;
      readonly id: string;
      readonly url: string | undefined;
    }
  | { readonly kind: 'date'; readonly prefix: Prefix; readonly lo: string; readonly hi: string }
  | { readonly kind: 'number'; readonly prefix: Prefix; readonly lo: number; readonly hi: number }
  | {
      readonly kind: 'quantity';
      readonly prefix: Prefix;
      readonly lo: number;
      readonly hi: number;
      readonly system: string | undefined;
      readonly code: string | undefined;
    }
  | { readonly kind: 'uri'; readonly uri: string };

/** A search criterion: repetitions of a parameter AND, its `values` OR. */
export interface Criterion {
  readonly param: string;
  readonly modifier: 'exact' | 'contains' | 'not' | 'missing' | 'text' | undefined;
  /** For `:missing`: whether the element must be missing. */
  readonly missing?: boolean;
  readonly values: readonly SearchValue[];
}

/** A sort key: a date parameter, `_lastUpdated` or `_id`, which is always the last, so that the order is total. */
export interface SortKey {
  readonly param: '_lastUpdated' | '_id' | 'date' | (string & {});
  readonly descending: boolean;
}

/** A search as data, parsed and validated once at the edge. Unknown parameters never get here. */
export interface SearchRequest {
  readonly type: string;
  readonly criteria: readonly Criterion[];
  readonly sort: readonly SortKey[];
  /** Page size, already capped. */
  readonly count: number;
  /** The opaque cursor as it was sent. */
  readonly cursor: string | undefined;
  readonly total: 'none' | 'accurate';
  readonly summary: 'false' | 'count';
  /** Patient ids named by `patient`, `subject=Patient/…` and their like, or `_id` of Patient: whose record is asked for. */
  readonly patients: readonly string[];
  /** The parameters that were used, in order, decoded, for the self link; the cursor is not among them. */
  readonly used: readonly (readonly [string, string])[];
}
