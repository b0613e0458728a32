import { canonicalize, sha256, toHex } from '#digest';

/** A policy: a basis beside consent. Whoever is disclosed to by one reads its name and digest in the record. */
export interface Policy {
  readonly name: string;
  readonly digest: string;
  /** What it permits, for people. */
  readonly text: string;
}

/** Policies that a deployment goes by, under one name. */
export interface Profile {
  readonly name: string;
  readonly policies: readonly Policy[];
  /** SHA-256 of the JCS form of name and policies, hex. */
  readonly digest: string;
}

/** A person's own access. */
export const SELF: Policy = policy(
  'P-SELF',
  "The person's own access to her own record; her approval of the app suffices.",
);

/** Who looks into who looked: the trail of accesses, never what was in an answer. It permits nothing of anybody's record. */
export const AUDIT: Policy = policy(
  'P-AUDIT',
  'An appointed auditor reads records of accesses, of everybody: who, when, what by name, on which basis; no content.',
);

/** `consent-only`: consent, the person's own access, and nothing else. Always so for third parties. */
export const CONSENT_ONLY: Profile = profile('consent-only', [SELF]);

function policy(name: string, text: string): Policy {
  return { name, text, digest: digestOf({ name, text }) };
}

function profile(name: string, policies: readonly Policy[]): Profile {
  return { name, policies, digest: digestOf({ name, policies: policies.map((item) => item.digest) }) };
}

function digestOf(value: Parameters<typeof canonicalize>[0]): string {
  return toHex(sha256(canonicalize(value)));
}
