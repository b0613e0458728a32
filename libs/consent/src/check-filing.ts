import { GatewayError } from '#outcome';
import type { Hex, Terms } from './chain-terms.js';
import { commitmentOf, granteeOf } from './commitment.js';
import { type ConsentFaultCode } from './element.js';
import { kindOf, parseConsent, type ParsedConsent } from './parse-consent.js';
import type { Provision } from './parse-provision.js';
import { termsOf } from './terms-of.js';

/** What is filed with a grant or deny. */
export interface Filing {
  /** The exact bytes that were signed. */
  readonly bytes: Uint8Array;
  readonly kind: 'permit' | 'deny';
  readonly terms: Terms;
  /** The commitment of the signed operation. */
  readonly commitment: Hex;
  /** The patient whom the subject's binding names. */
  readonly patient: string;
  /** The actor string of the grantee; `undefined` for a deny that is meant for everybody. */
  readonly grantee: string | undefined;
  /** The gateway's clock, epoch milliseconds. */
  readonly nowMs: number;
}

/** Why a filing is refused, beside the faults of reading it. */
export type FilingFaultCode =
  | ConsentFaultCode
  | 'filing-patient'
  | 'filing-date'
  | 'filing-kind'
  | 'filing-everybody'
  | 'filing-grantee'
  | 'filing-period'
  | 'filing-terms'
  | 'filing-commitment';

/** A refused filing's fault: a code and the places, never a value. */
export interface FilingFault {
  readonly code: FilingFaultCode;
  readonly expression: readonly string[];
}

/** The outcome of `checkFiling`. A refusal is a value. */
export type FilingCheck =
  | { readonly kind: 'accepted'; readonly consent: ParsedConsent }
  | { readonly kind: 'refused'; readonly faults: readonly FilingFault[] };

/** How old a Consent may be when it is filed, and how far its date may be ahead of the gateway's clock. */
export const FILING_BOUNDS = {
  oldMs: 31 * 86_400_000,
  aheadMs: 5 * 60_000,
  latestMs: Date.UTC(2106, 0),
} as const;

type Check = (filing: Filing, consent: ParsedConsent) => boolean;

const CHECKS: readonly (readonly [FilingFaultCode, string, Check])[] = [
  ['filing-patient', 'Consent.patient', (filing, consent) => consent.patient === filing.patient],
  ['filing-date', 'Consent.dateTime', isDated],
  ['filing-kind', 'Consent.provision.type', isOfKind],
  [
    'filing-everybody',
    'Consent.provision.actor',
    (_, consent) => permits(consent).every((item) => item.actors !== null),
  ],
  ['filing-grantee', 'Consent.provision.actor', isForGrantee],
  ['filing-period', 'Consent.provision.period', (_, consent) => provisions(consent).every(isSane)],
  ['filing-terms', 'terms', hasTerms],
  ['filing-commitment', 'commitment', hasCommitment],
];

/**
 * Judges a Consent that somebody wants to file, before anything is written: it is understood, within the limits, about
 * the binding's patient, neither back-dated nor absurd, of the grant's kind, permits no one but the grantee, and
 * the terms are those of the Consent.
 */
export function checkFiling(filing: Filing): FilingCheck {
  const parsed = parse(filing.bytes);
  if (parsed.kind === 'refused') return parsed;
  const faults = CHECKS.filter(([, , holds]) => !holds(filing, parsed.consent));
  if (faults.length === 0) return parsed;
  return {
    kind: 'refused',
    faults: faults.map(([code, expression]) => ({ code, expression: [expression] })),
  };
}

function parse(bytes: Uint8Array): FilingCheck {
  try {
    return { kind: 'accepted', consent: parseConsent(bytes) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const code = FAULTS.find((known) => known === error.details) ?? 'consent-malformed';
    return { kind: 'refused', faults: [{ code, expression: error.expression }] };
  }
}

const FAULTS: readonly ConsentFaultCode[] = [
  'consent-malformed',
  'consent-too-large',
  'consent-member-unsupported',
  'consent-member-missing',
  'consent-value-unsupported',
];

function provisions(consent: ParsedConsent): readonly Provision[] {
  return [consent.base, ...consent.exceptions];
}

function permits(consent: ParsedConsent): readonly Provision[] {
  return provisions(consent).filter((item) => item.effect === 'permit');
}

function isDated({ nowMs }: Filing, { dateTimeMs }: ParsedConsent): boolean {
  return dateTimeMs >= nowMs - FILING_BOUNDS.oldMs && dateTimeMs <= nowMs + FILING_BOUNDS.aheadMs;
}

/** A deny grant that permits by an exception would be more than its word on chain says: file a permit for that. */
function isOfKind({ kind }: Filing, consent: ParsedConsent): boolean {
  return kindOf(consent) === kind;
}

function isForGrantee({ grantee }: Filing, consent: ParsedConsent): boolean {
  return permits(consent).every((item) => item.actors?.every((actor) => actor === grantee) ?? true);
}

function isSane({ period }: Provision): boolean {
  return period.to === Infinity || period.to <= FILING_BOUNDS.latestMs;
}

function hasTerms({ terms, grantee }: Filing, consent: ParsedConsent): boolean {
  const expected = termsOf(consent, grantee, terms.salt);
  return (
    terms.vocabulary === expected.vocabulary &&
    terms.grantee === expected.grantee &&
    terms.classes === expected.classes &&
    terms.purposes === expected.purposes &&
    terms.consentHash === expected.consentHash
  );
}

function hasCommitment({ terms, commitment, grantee, kind }: Filing): boolean {
  return (kind === 'deny' || granteeOf(grantee) === terms.grantee) && commitmentOf(terms) === commitment;
}
