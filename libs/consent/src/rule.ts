/** The value of a fact that is not known: every deny criterion contains it, no permit criterion does. */
export const UNKNOWN = '?';

/** Half-open interval of epoch milliseconds; `±Infinity` where open. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * The criteria of one FHIR Consent provision: members AND, values OR, `null` = no constraint.
 * @see https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
 */
export interface Criteria {
  /** `client:<id>`, `user:<id>`, `organization:<id>`, `role:<code>`. */
  readonly actors: readonly string[] | null;
  /** Codes of v3-ActReason. */
  readonly purposes: readonly string[] | null;
  /** `access`, `collect`, `use`, `disclose`, `correct` of consentaction. A permit with `null` is one of `access` alone, a deny of everything. */
  readonly actions: readonly string[] | null;
  /** FHIR resource types. */
  readonly classes: readonly string[] | null;
  /** `system|code`. */
  readonly codes: readonly string[] | null;
  /** `system|code` of security labels. */
  readonly labels: readonly string[] | null;
  /** Clinical time of the data. */
  readonly data: Interval | null;
  /** `Type/id`. */
  readonly instances: readonly string[] | null;
  /** `Type/id` of encounters, care plans, episodes. */
  readonly related: readonly string[] | null;
  /** `Type/id` of authors. */
  readonly authors: readonly string[] | null;
}

/** All of time. */
export const ALWAYS: Interval = { from: -Infinity, to: Infinity };

/** No constraint at all. */
export const ANYTHING: Criteria = {
  actors: null,
  purposes: null,
  actions: null,
  classes: null,
  codes: null,
  labels: null,
  data: null,
  instances: null,
  related: null,
  authors: null,
};

/** A base (ordinal 0) or an exception (1…) of a Consent. */
export interface Rule extends Criteria {
  readonly ordinal: number;
  readonly effect: 'permit' | 'deny';
  /** The provision's own period, within the chain's. */
  readonly valid: Interval;
}

/** Rules of one person that stand and fall together: those of a Consent, or of a policy. */
export interface RuleGroup {
  /** Id of the Consent, or name and digest of the policy. */
  readonly consent: string;
  readonly person: string;
  /** The grant's kind on chain: the base deny of a permit-kind grant abstains. */
  readonly kind: 'permit' | 'deny';
  readonly rules: readonly Rule[];
  /** Position of the projection at which it came into force; `null`: not (yet) on chain at the configured finality. */
  readonly fromPosition: bigint | null;
  /** Position from which it holds no more (revoked, superseded); `null`: still holds. A latched revocation counts at once. */
  readonly untilPosition: bigint | null;
}

/** A Consent as rules, with what the chain says of it. One per filed Consent. */
export interface ConsentRules extends RuleGroup {
  /** From the grant word: seconds on chain, milliseconds here; `to` Infinity where 0. */
  readonly window: Interval;
  readonly citation: ConsentCitation;
}

/** What a record cites for a consent basis. */
export interface ConsentCitation {
  readonly chainId: string;
  readonly contract: string;
  readonly subject: string;
  readonly grantId: string;
  readonly version: number;
  /** Record id of the binding's log record. */
  readonly binding: string;
}

/** All rules of one person as one process holds them; `version` changes with any of them. */
export interface RuleSet {
  readonly person: string;
  readonly version: bigint;
  readonly consents: readonly ConsentRules[];
}

/** What is known of a resource version, as stored beside it. Unknown is `?`. */
export interface Facts {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  /** `system|code` of every coding that codes or categorises the resource; `['?']` where none is known. */
  readonly codes: readonly string[];
  /** `system|code` of the labels given by the labelling rules; `['?']` while unlabelled. */
  readonly labels: readonly string[];
  /** Version of the labelling rule set. */
  readonly labelRules: string;
  /** `Type/id`; `['?']` where unknown. */
  readonly authors: readonly string[];
  /** `Type/id` of encounters and other closures; `[]` where the type has none, `['?']` where unknown. */
  readonly related: readonly string[];
  /**
   * `Type/id` of what a Provenance tells the origin of; `['?']` where one of them is not known here. `[]` for every other
   * type. A rule speaks of a Provenance as it speaks of its targets.
   */
  readonly targets: readonly string[];
  readonly source: string;
  /** Clinical time [lo, hi]; `null` where unknown. */
  readonly time: Interval | null;
}
