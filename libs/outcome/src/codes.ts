/** One row per error a client can meet: HTTP status, FHIR issue type, severity, and the fixed text it sees. */
interface ErrorRow {
  readonly status: number;
  readonly issue: string;
  readonly severity: 'error' | 'fatal';
  readonly text: string;
}

/**
 * The error table. `docs/errors.md` is tested against it, both ways.
 * @see https://hl7.org/fhir/R4/valueset-issue-type.html
 */
export const ERRORS = {
  malformed: { status: 400, issue: 'structure', severity: 'error', text: 'The request is not well formed.' },
  'invalid-value': { status: 400, issue: 'value', severity: 'error', text: 'A value is not acceptable.' },
  'unsupported-parameter': {
    status: 400,
    issue: 'not-supported',
    severity: 'error',
    text: 'A parameter is not supported; see the CapabilityStatement.',
  },
  'login-required': { status: 401, issue: 'login', severity: 'error', text: 'A bearer token is required.' },
  'token-expired': {
    status: 401,
    issue: 'expired',
    severity: 'error',
    text: 'The token is no longer valid.',
  },
  'scope-insufficient': {
    status: 403,
    issue: 'forbidden',
    severity: 'error',
    text: "The token's scopes do not cover this interaction.",
  },
  'consent-denied': {
    status: 403,
    issue: 'forbidden',
    severity: 'error',
    text: 'No basis permits this access for the named patient.',
  },
  'not-owner': {
    status: 403,
    issue: 'forbidden',
    severity: 'error',
    text: 'The resource belongs to a source that this client cannot write to.',
  },
  'not-found': { status: 404, issue: 'not-found', severity: 'error', text: 'There is no such resource.' },
  'method-not-allowed': {
    status: 405,
    issue: 'not-supported',
    severity: 'error',
    text: 'The method is not supported here.',
  },
  'not-acceptable': {
    status: 406,
    issue: 'not-supported',
    severity: 'error',
    text: 'No acceptable representation is available.',
  },
  'version-conflict': { status: 409, issue: 'conflict', severity: 'error', text: 'The versions conflict.' },
  gone: { status: 410, issue: 'deleted', severity: 'error', text: 'The resource was deleted.' },
  precondition: { status: 412, issue: 'conflict', severity: 'error', text: 'A precondition does not hold.' },
  'too-large': { status: 413, issue: 'too-long', severity: 'error', text: 'The request is too large.' },
  'unsupported-media': {
    status: 415,
    issue: 'not-supported',
    severity: 'error',
    text: 'The content type is not supported.',
  },
  'profile-invalid': {
    status: 422,
    issue: 'invariant',
    severity: 'error',
    text: 'The resource is not valid.',
  },
  'too-many-requests': { status: 429, issue: 'throttled', severity: 'error', text: 'Too many requests.' },
  internal: { status: 500, issue: 'exception', severity: 'fatal', text: 'An internal error occurred.' },
  'integrity-failure': {
    status: 500,
    issue: 'exception',
    severity: 'fatal',
    text: 'A stored record failed its integrity check and is not served.',
  },
  'not-implemented': {
    status: 501,
    issue: 'not-supported',
    severity: 'error',
    text: 'This is not implemented.',
  },
  'source-invalid': {
    status: 502,
    issue: 'processing',
    severity: 'error',
    text: 'A source gave an answer that cannot be used.',
  },
  'source-unavailable': {
    status: 502,
    issue: 'transient',
    severity: 'error',
    text: 'A source is unavailable.',
  },
  'consent-stale': {
    status: 503,
    issue: 'transient',
    severity: 'error',
    text: 'The consent projection is behind the chain.',
  },
  'seal-unavailable': {
    status: 503,
    issue: 'transient',
    severity: 'error',
    text: 'The answer could not be sealed.',
  },
  overloaded: { status: 503, issue: 'transient', severity: 'error', text: 'The gateway is overloaded.' },
  'source-timeout': {
    status: 504,
    issue: 'timeout',
    severity: 'error',
    text: 'A source did not answer in time.',
  },
} as const satisfies Record<string, ErrorRow>;

/** A code of the error table. */
export type ErrorCode = keyof typeof ERRORS;
