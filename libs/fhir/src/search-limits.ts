/** Limits of a search request; a request beyond one is refused, never cut. */
export const SEARCH_LIMITS = {
  /** Characters of query and form together. */
  text: 16_384,
  /** Parameters, repetitions counted. */
  parameters: 50,
  /** Comma parts of one parameter. */
  alternatives: 100,
  /** Characters of one comma part. */
  value: 400,
  /** Sort keys. */
  sort: 4,
  /** Characters of a page cursor. */
  cursor: 2048,
} as const;

/** What the operator sets for paging. */
export interface PageSizes {
  /** Page size where `_count` is absent. */
  readonly defaultCount: number;
  /** Larger `_count` values are capped to this, as FHIR allows. */
  readonly maxCount: number;
}
