import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import {
  ownSourceOf,
  parseClientRegistration,
  parseScope,
  withinPolicy,
  type ClientRegistration,
  type Scope,
} from '#smart';

const SCOPE_MAX = 8_192;

/**
 * What a token for the FHIR base may hold: all that is asked, or nothing at all.
 *
 * @throws InvalidTarget for another resource, InvalidScope if anything asked is not registered
 */
export function resourceServerOf(
  ctx: KoaContextWithOIDC,
  indicator: string,
  rules: { readonly fhirBase: string; readonly ttlS: number },
): ResourceServer {
  if (indicator !== rules.fhirBase) throw new errors.InvalidTarget('the only resource is the FHIR base');
  const asked = ctx.oidc.params?.['scope'];
  const registration = registrationOf(ctx);
  if (typeof asked !== 'string' || asked.trim() === '')
    throw new errors.InvalidScope('scope is required', '');
  if (asked.length > SCOPE_MAX) throw new errors.InvalidScope('scope is too long', '');
  const words = asked.split(' ').filter((word) => word !== '');
  const refused = words.find((word) => !isGranted(registration, word));
  if (refused !== undefined)
    throw new errors.InvalidScope('a scope is not registered for the client', refused);
  return {
    scope: words.join(' '),
    audience: rules.fhirBase,
    accessTokenTTL: rules.ttlS,
    accessTokenFormat: 'opaque',
  };
}

/**
 * What a token says beside its scopes: who, and for which one purpose. A client with several purposes names one by the
 * token request's parameter `purpose_of_use`.
 *
 * @throws InvalidRequest if the purpose is missing, repeated, or not registered
 */
export function claimsOf(ctx: KoaContextWithOIDC, tenant: string): Record<string, unknown> {
  const registration = registrationOf(ctx);
  return {
    tenant,
    purpose_of_use: purposeOf(registration, ctx.oidc.body?.['purpose_of_use']),
    roles: registration.roles,
    ...(registration.patient === undefined ? {} : { patient: registration.patient }),
    ...(registration.organization === undefined ? {} : { organization: registration.organization }),
    ...(registration.ownSource ? { source: ownSourceOf(registration.id) } : {}),
  };
}

/** The registration of the client that signed in. */
export function registrationOf(ctx: KoaContextWithOIDC): ClientRegistration {
  return parseClientRegistration(JSON.parse(JSON.stringify(ctx.oidc.client?.['registration'] ?? null)));
}

function purposeOf(registration: ClientRegistration, asked: unknown): string {
  const [only, ...others] = registration.purposes;
  if (asked === undefined && only !== undefined && others.length === 0) return only;
  if (asked === undefined)
    throw new errors.InvalidRequest('purpose_of_use must be given: the client has several');
  if (typeof asked !== 'string' || !registration.purposes.includes(asked)) {
    throw new errors.InvalidRequest('purpose_of_use must be one that is registered for the client');
  }
  return asked;
}

function isGranted(registration: ClientRegistration, word: string): boolean {
  const asked = read(word);
  if (asked?.kind === 'operation') return registration.scopes.includes(word);
  // a client that acts for itself has no user and no launch, and a patient only where it is registered for her
  const level = registration.patient === undefined ? 'system' : 'patient';
  if (asked?.kind !== 'resource' || asked.scope.level !== level) return false;
  const policy = registration.scopes
    .map(read)
    .flatMap((each) => (each?.kind === 'resource' ? [each.scope] : []));
  return withinPolicy(policy, asked.scope);
}

function read(word: string): Scope | undefined {
  try {
    return parseScope(word);
  } catch {
    return undefined;
  }
}
