import { errors, type KoaContextWithOIDC } from 'oidc-provider';

/** The rules for assertions that the library leaves to us. */
export interface AssertionRules {
  /** The values that `aud` may have: the token endpoint's URL and the issuer. */
  readonly audiences: readonly string[];
  readonly toleranceS: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

const LIFE_MAX_S = 300;
const JTI_MAX = 255;

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks what SMART asks of a client's assertion beyond RFC 7523: a life of five minutes at most, an audience that is
 * ours alone, and exactly one registered key of the named id.
 *
 * @throws InvalidClientAuth
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html
 */
export function checkAssertion(
  rules: AssertionRules,
  claims: Claims,
  header: Claims,
  client: NonNullable<KoaContextWithOIDC['oidc']['client']>,
): void {
  const { exp, jti } = claims;
  const latestS = rules.clock() / 1000 + LIFE_MAX_S + rules.toleranceS;
  if (typeof exp !== 'number' || exp > latestS) throw refused('exp is too far ahead');
  if (typeof jti !== 'string' || jti.length > JTI_MAX) throw refused('jti is not acceptable');
  if (!audiencesOf(claims).every((aud) => rules.audiences.includes(aud)))
    throw refused('aud is not ours alone');
  checkKey(header, client);
}

function checkKey(header: Claims, client: NonNullable<KoaContextWithOIDC['oidc']['client']>): void {
  const keys = client.jwks?.keys.filter((key) => key.kid === header['kid']) ?? [];
  if (keys.length !== 1) throw refused('kid names no one key');
  const jku = header['jku'];
  if (jku !== undefined && jku !== registeredUri(client)) throw refused('jku is not registered');
}

function audiencesOf(claims: Claims): readonly string[] {
  const aud = claims['aud'];
  const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return list.map((each) => (typeof each === 'string' ? each : ''));
}

function registeredUri(client: Readonly<Record<string, unknown>>): unknown {
  const registration = client['registration'];
  if (typeof registration !== 'object' || registration === null || !('jwksUri' in registration))
    return undefined;
  return registration.jwksUri;
}

function refused(detail: string): Error {
  return new errors.InvalidClientAuth(detail);
}
