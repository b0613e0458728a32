import type { PolicyBasis } from './request.js';
import { AUDIT, basisOf, SELF } from './policies.js';

/** Who asks for accesses to records, and to whose. */
export interface TrailAsked {
  /** Levels of the token's scopes that cover the question. */
  readonly levels: readonly ('patient' | 'user' | 'system')[];
  readonly roles: readonly string[];
  /** The person of the patient for whom the token speaks; `undefined`: for none, or one who is not here. */
  readonly own: string | undefined;
  /** Persons of the patients that the question names; `undefined` for one who is not here. */
  readonly named: readonly (string | undefined)[];
}

/** Whose accesses may be shown, and why; or why none. */
export type TrailDecision =
  | { readonly kind: 'everybody'; readonly basis: PolicyBasis }
  | { readonly kind: 'own'; readonly person: string; readonly basis: PolicyBasis }
  /** Nothing is visible, and no patient was named: an empty answer. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'refusal'; readonly code: 'scope-insufficient' | 'consent-denied' };

/**
 * Decides who may see accesses: an auditor everybody's (P-AUDIT), a person her own (P-SELF), nobody else any. No Consent gives
 * them. Whoever names a patient and may not is refused alike whether or not that patient is here.
 */
export function decideTrail({ levels, roles, own, named }: TrailAsked): TrailDecision {
  if (levels.length === 0) return { kind: 'refusal', code: 'scope-insufficient' };
  if (levels.includes('system') && roles.includes('auditor')) {
    return { kind: 'everybody', basis: basisOf(AUDIT) };
  }
  const isOwn = own !== undefined && levels.includes('patient');
  if (isOwn && named.every((person) => person === own)) {
    return { kind: 'own', person: own, basis: basisOf(SELF) };
  }
  return named.length === 0 ? { kind: 'nobody' } : { kind: 'refusal', code: 'consent-denied' };
}
