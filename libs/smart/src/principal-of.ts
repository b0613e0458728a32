import { GatewayError } from '#outcome';
import { rolesOf } from './operation-scope.js';
import type { Principal, ResourceScope } from './principal.js';
import { parseScopes } from './scope.js';

/** What a stored access token says. All of it was written by the authorization server and is checked again here. */
export interface TokenClaims {
  readonly tenant: unknown;
  readonly client: unknown;
  readonly user: unknown;
  readonly organization: unknown;
  /** The roles that the client is registered with. */
  readonly roles: unknown;
  /** The source that the client owns, as it was registered. */
  readonly source?: unknown;
  /** The granted scopes, space-separated. */
  readonly scope: unknown;
  readonly patient: unknown;
  readonly purpose: unknown;
  readonly tokenHash: unknown;
  readonly expiresMs: unknown;
}

const NAME = /^[!-~]{1,255}$/;
const FHIR_ID = /^[A-Za-z0-9.-]{1,64}$/;
const PURPOSE = /^[A-Z][A-Z0-9-]{1,31}$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/**
 * Who asks, from the claims of a token. Nothing is guessed: a claim that is missing, or of another form, is no token.
 *
 * Patient-level scopes without a patient in context are left out, since they would cover everybody.
 *
 * @throws GatewayError `login-required`
 */
export function principalOf(claims: TokenClaims): Principal {
  const scope = text(claims.scope, /^.{1,65536}$/s);
  const patient = optional(claims.patient, FHIR_ID);
  return {
    tenant: text(claims.tenant, NAME),
    client: text(claims.client, NAME),
    user: optional(claims.user, NAME),
    organization: optional(claims.organization, NAME),
    roles: rolesOf(texts(claims.roles), scope.split(' ')),
    source: optional(claims.source, NAME),
    scopes: resourceScopes(scope).filter((each) => each.level !== 'patient' || patient !== undefined),
    patient,
    purpose: text(claims.purpose, PURPOSE),
    tokenHash: text(claims.tokenHash, SHA256_HEX),
    expiresMs: time(claims.expiresMs),
  };
}

function resourceScopes(scope: string): readonly ResourceScope[] {
  try {
    return parseScopes(scope).flatMap((each) => (each.kind === 'resource' ? [each.scope] : []));
  } catch (error) {
    throw new GatewayError('login-required', { cause: error });
  }
}

function text(value: unknown, form: RegExp): string {
  if (typeof value !== 'string' || !form.test(value)) throw new GatewayError('login-required');
  return value;
}

function optional(value: unknown, form: RegExp): string | undefined {
  return value === undefined ? undefined : text(value, form);
}

function texts(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new GatewayError('login-required');
  return value.map((each: unknown) => text(each, NAME));
}

function time(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new GatewayError('login-required');
  return value;
}
