import { OPERATION_SCOPES } from '#smart';

/** Signature algorithms that a client may sign its assertion with. */
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384'] as const;

/** The document at `[FHIR base]/.well-known/smart-configuration`. */
export type SmartConfiguration = Readonly<Record<string, string | readonly string[]>>;

/**
 * What clients discover. `issuer` and `jwks_uri` are left out, as the specification has it without OpenID Connect.
 *
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html
 */
export function smartConfiguration(issuer: string): SmartConfiguration {
  return {
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/token/introspection`,
    revocation_endpoint: `${issuer}/token/revocation`,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['system/*.rs', ...Object.keys(OPERATION_SCOPES)],
    capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
  };
}
