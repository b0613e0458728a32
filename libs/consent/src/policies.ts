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

const SELF = policy('P-SELF', "The person's own access to her own record; her approval of the app suffices.");

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
