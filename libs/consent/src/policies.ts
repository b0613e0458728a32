import { canonicalize, sha256, toHex } from '#digest';
import { SYSTEMS } from './code-systems.js';
import type { PolicyBasis } from './request.js';

/** A policy: a basis beside consent. Whoever is disclosed to by one reads its name and digest in the record. */
export interface Policy {
  readonly name: string;
  readonly digest: string;
  /** What it permits, for people. */
  readonly text: string;
}

/** A policy by which a person's own app reads her record. What it says is part of its digest. */
export interface OwnPolicy extends Policy {
  /** Purposes of use for which it is. */
  readonly purposes: readonly string[];
  /** `system|code` of labels whose bearers the law lets be withheld from her; what is not labelled yet is withheld with them. */
  readonly withheld: readonly string[];
  /** How old the projection of the chain may be at most, milliseconds: it tells only what she keeps from this app. */
  readonly staleMs: number;
}

/** Policies that a deployment goes by, under one name. */
export interface Profile {
  readonly name: string;
  readonly policies: readonly Policy[];
  /** SHA-256 of the JCS form of name and policies, hex. */
  readonly digest: string;
}

/** A person's own access. */
export const SELF: OwnPolicy = ownPolicy({
  name: 'P-SELF',
  text: "The person's own access to her own record; her approval of the app suffices.",
  purposes: ['PATRQT'],
  withheld: ['PSYTHPN', 'TBOO'].map((code) => `${SYSTEMS.sensitivity}|${code}`),
  staleMs: 86_400_000,
});

/** Who looks into who looked: the trail of accesses, never what was in an answer. It permits nothing of anybody's record. */
export const AUDIT: Policy = policy(
  'P-AUDIT',
  'An appointed auditor reads records of accesses, of everybody: who, when, what by name, on which basis; no content.',
);

/** `consent-only`: consent, the person's own access, and nothing else. Always so for third parties. */
export const CONSENT_ONLY: Profile = profile('consent-only', [SELF]);

/** A policy as a decision's basis. */
export function basisOf({ name, digest }: Policy): PolicyBasis {
  return { kind: 'policy', policy: name, digest };
}

function ownPolicy(said: Omit<OwnPolicy, 'digest'>): OwnPolicy {
  const { name, text, purposes, withheld, staleMs } = said;
  return { ...said, digest: digestOf({ name, text, purposes, withheld, staleMs }) };
}

function policy(name: string, text: string): Policy {
  return { name, text, digest: digestOf({ name, text }) };
}

function profile(name: string, policies: readonly Policy[]): Profile {
  return { name, policies, digest: digestOf({ name, policies: policies.map((item) => item.digest) }) };
}

function digestOf(value: Parameters<typeof canonicalize>[0]): string {
  return toHex(sha256(canonicalize(value)));
}
