import crypto from 'node:crypto';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { checkAssertion } from './client-assertion.js';
import { ASSERTION_ALGORITHMS } from './smart-configuration.js';
import { StoreAdapter, type AdapterParts } from './store-adapter.js';
import { claimsOf, resourceServerOf } from './token-policy.js';

/** What the library is wired with. */
export interface ProviderParts extends AdapterParts {
  readonly issuer: string;
  readonly fhirBase: string;
  readonly tenant: string;
  readonly jwks: { readonly keys: readonly Readonly<Record<string, string>>[] };
  readonly accessTokenTtlS: number;
  readonly clockToleranceS: number;
}

/** oidc-provider as a SMART backend services server: signed assertions in, opaque tokens out, no page of its own. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  return {
    adapter: (kind) => new StoreAdapter(kind, parts),
    jwks: { keys: parts.jwks.keys.map((key) => ({ ...key })) },
    cookies: { keys: [crypto.randomBytes(32).toString('base64url')] },
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS] },
    clockTolerance: parts.clockToleranceS,
    extraClientMetadata: { properties: ['registration'] },
    responseTypes: ['code'],
    scopes: [],
    ttl: { ClientCredentials: parts.accessTokenTtlS },
    features: featuresOf(parts),
    extraTokenClaims: (ctx) => claimsOf(ctx, parts.tenant),
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims, header, client) =>
      checkAssertion(
        {
          audiences: [parts.issuer, `${parts.issuer}/token`],
          toleranceS: parts.clockToleranceS,
          clock: parts.clock,
        },
        claims,
        header,
        client,
      ),
    clientBasedCORS: () => false,
    renderError: (ctx, out) => {
      ctx.type = 'application/json';
      ctx.body = out;
    },
  };
}

function featuresOf(parts: ProviderParts): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => parts.fhirBase,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx: KoaContextWithOIDC, indicator: string) =>
        resourceServerOf(ctx, indicator, { fhirBase: parts.fhirBase, ttlS: parts.accessTokenTtlS }),
    },
  };
}
