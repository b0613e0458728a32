/** The letters of a SMART v2 scope: create, read, update, delete, search. */
export type ScopeLetter = 'c' | 'r' | 'u' | 'd' | 's';

/** A SMART v2 resource scope. @see https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export interface ResourceScope {
  readonly level: 'patient' | 'user' | 'system';
  /** A resource type or `*`. */
  readonly type: string;
  readonly letters: readonly ScopeLetter[];
  /** Granular constraints, `param=value`; all must hold. */
  readonly params: readonly (readonly [string, string])[];
}

/** Who asks. One purpose of use per token; it comes from the token, never from a header. */
export interface Principal {
  readonly tenant: string;
  readonly client: string;
  readonly user: string | undefined;
  readonly organization: string | undefined;
  /** Roles of Proviso itself: `registrar`, `auditor`, `administrator`, `steward`, `relay`. Taken from the client's registration. */
  readonly roles: readonly string[];
  /** Id of the source that the client owns: what it writes is kept as that source's. */
  readonly source: string | undefined;
  readonly scopes: readonly ResourceScope[];
  /** The patient in context of a patient-level token. */
  readonly patient: string | undefined;
  /** A code of v3-ActReason. */
  readonly purpose: string;
  /** SHA-256 of the token, hex. */
  readonly tokenHash: string;
  /** The token's expiry, epoch milliseconds. */
  readonly expiresMs: number;
}
