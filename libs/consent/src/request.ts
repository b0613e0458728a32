import type { Criterion } from '#fhir';
import type { RuleGroup } from './rule.js';

/** A position of the consent projection: block and the monotonic counter of what was applied. */
export interface BlockRef {
  readonly number: bigint;
  /** 0x-prefixed. */
  readonly hash: string;
  readonly position: bigint;
}

/**
 * The two times of the chain guide, epoch milliseconds: a permit is in force iff from ≤ lo and hi < to;
 * a deny iff from ≤ hi and lo < to.
 */
export interface TimeBounds {
  readonly lo: number;
  readonly hi: number;
}

/** One SMART scope that covers the interaction, its granular parameters parsed. Several are a union. */
export interface ScopeTerm {
  /** A type or `*`. */
  readonly type: string;
  readonly criteria: readonly Criterion[];
}

/**
 * What is done with a resource, in the words of consentaction: reading is `access`, making one is `collect`, changing or
 * deleting one is `correct`.
 * @see https://hl7.org/fhir/R4/valueset-consent-action.html
 */
export type ConsentAction = 'access' | 'collect' | 'correct';

/**
 * Whether a permit that names no action covers this one. It covers reading and nothing else: whoever signed it let somebody
 * look. A deny that names none denies all of them.
 */
export function isImplied(action: ConsentAction): boolean {
  return action === 'access';
}

/** A policy as a basis, as a record cites it. */
export interface PolicyBasis {
  readonly kind: 'policy';
  readonly policy: string;
  readonly digest: string;
}

/**
 * A person's own access: whoever asks by it sees what is hers alone, and no Consent's permit counts, of hers or of anybody.
 * Of her Consents' denies those count that name the caller: what she keeps from others does not concern herself.
 */
export interface OwnAccess {
  /** The patient for whom the token speaks. Nothing is visible once she is of another person than `rules.person`. */
  readonly patient: string;
  /** Rules of her person, in the form of a Consent's. */
  readonly rules: RuleGroup;
  readonly basis: PolicyBasis;
}

/**
 * What must hold for a resource to be visible, as data. `search` compiles it to SQL; `judge` evaluates it in memory.
 * Rules are referred to, not held: SQL joins the rows, the guard has its own sets.
 */
export interface Predicate {
  readonly tenant: string;
  readonly actors: readonly string[];
  readonly purpose: string;
  readonly action: ConsentAction;
  readonly scopes: readonly ScopeTerm[];
  readonly asOf: BlockRef;
  readonly now: TimeBounds;
  /** Whether directory types (no patient at all) may be served. */
  readonly directory: boolean;
  /** Where a person's own app asks by policy; everybody else asks by Consents. */
  readonly own?: OwnAccess;
}
