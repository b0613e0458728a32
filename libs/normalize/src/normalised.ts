import type { JsonObject } from '#digest';

/** Why something in a payload needs attention. Documented in the README; every loss or change has one. */
export type IssueCode =
  | 'malformed'
  | 'not-a-resource'
  | 'no-id'
  | 'invalid'
  | 'tolerated'
  | 'conflict'
  | 'repeated'
  | 'outcome'
  | 'modifier-extension'
  | 'implicit-rules'
  | 'foreign-reference'
  | 'dangling-reference'
  | 'versioned-reference'
  | 'zone-assumed'
  | 'zone-ambiguous'
  | 'zone-unknown'
  | 'charset'
  | 'structure'
  | 'unmapped'
  | 'unmapped-code'
  | 'not-cleared'
  | 'more-issues'
  | 'invalid-value'
  | 'unsupported'
  | 'late';

/**
 * A remark about a payload, as a value.
 * `error`: a resource was not taken over. `warning`: taken over, but a person should look. `information`: for the record.
 */
export interface NormaliseIssue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: IssueCode;
  /** The resource type it concerns, where known. */
  readonly type: string | undefined;
  /** Where, as a path into the payload: `Bundle.entry[3].resource.subject`. Never a value. */
  readonly expression: string;
  /** The broken rule behind `invalid` and `tolerated`. */
  readonly fault?: string;
}

/** A resource ready for the store: our id, references to our ids, without the vendor's version and time. */
export interface NormalisedResource {
  readonly type: string;
  /** Our id: UUIDv5 of source, type and `key`. */
  readonly id: string;
  /** The id or business key at the source. */
  readonly key: string;
  readonly resource: JsonObject;
  /** SHA-256 of the payload this came in, lower case hexadecimal. */
  readonly upstream: string;
  /**
   * How it meets what is stored. Absent: it replaces it whole. `merge`: its top-level elements replace the stored ones, those
   * that it lacks stay; identifiers of the same system and type are replaced, others stay.
   */
  readonly mode?: 'merge';
  /**
   * With `merge`: what the sender deleted (`""`). A top-level element, or the entries of a list: `extension(url)`,
   * `identifier(system)`, `telecom(use)`.
   */
  readonly cleared?: readonly string[];
  /** With `merge`: top-level elements that were not said but concluded, which count only where nothing is stored. */
  readonly assumed?: readonly string[];
}

/** What a payload became. */
export interface Normalised {
  readonly resources: readonly NormalisedResource[];
  readonly issues: readonly NormaliseIssue[];
}

/** A fault that validation found in a resource. The issues of `validateResource` in `#fhir` are such. */
export interface ResourceFault {
  /** The rule that is broken, as one word. */
  readonly rule: string;
  /** FHIRPath of the element at fault, with indices. */
  readonly expression: string;
}

/** A fault that a vendor is known for and that is let through, with a warning. */
export interface ToleratedFault {
  readonly type: string;
  readonly rule: string;
  /** The element, without indices; absent: any. */
  readonly expression?: string | undefined;
}

/** What a dialect must know about where a payload comes from. */
export interface NormaliseContext {
  /** The source's id. */
  readonly source: string;
  /** FHIR base URL of the source, for its absolute references; `undefined` for other dialects. */
  readonly baseUrl: string | undefined;
  /** IANA zone of times that name none. */
  readonly zone: string;
  readonly tolerated: readonly ToleratedFault[];
  /** Judges a finished resource; no faults means valid. */
  readonly validate: (resource: JsonObject) => readonly ResourceFault[];
}

/**
 * Turns a payload of one dialect into FHIR R4 resources.
 *
 * MUST be pure, MUST NOT throw for anything in the payload (faults are issues), MUST give the same ids for the same
 * business keys, MUST NOT drop or change content without an issue.
 */
export type Normaliser = (payload: Uint8Array, context: NormaliseContext) => Normalised;
