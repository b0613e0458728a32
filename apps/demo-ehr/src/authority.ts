import { randomBytes } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { json, type Answer } from './answer.js';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MAX_ASSERTION_S = 300;

/** What the token endpoint needs to know. */
export interface AuthorityOptions {
  readonly clientId: string;
  readonly jwks: JSONWebKeySet;
  readonly tokenSeconds: number;
  readonly now: () => Date;
}

interface Token {
  /** Epoch milliseconds. */
  readonly expires: number;
  readonly scope: string;
}

/**
 * Northside's authorization server: client_credentials with private_key_jwt, RS384 or ES384, nothing else.
 * @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */
export class Authority {
  readonly #options: AuthorityOptions;
  readonly #keys: ReturnType<typeof createLocalJWKSet>;
  readonly #tokens = new Map<string, Token>();
  readonly #seen = new Map<string, number>();

  constructor(options: AuthorityOptions) {
    this.#options = options;
    this.#keys = createLocalJWKSet(options.jwks);
  }

  /** Answers the token endpoint. */
  async token(form: URLSearchParams, tokenUrl: string): Promise<Answer> {
    if (form.get('grant_type') !== 'client_credentials') {
      return json(400, { error: 'unsupported_grant_type' });
    }
    const scope = form.get('scope') ?? '';
    if (!scope.split(' ').some((one) => one.startsWith('system/'))) {
      return json(400, { error: 'invalid_scope' });
    }
    if (!(await this.#authentic(form, tokenUrl))) {
      return json(401, { error: 'invalid_client' });
    }
    return json(200, { ...this.#issue(scope), token_type: 'bearer', scope });
  }

  /** Whether a request carries a token in force. */
  allows(authorization: string | undefined): boolean {
    return this.#tokenOf(authorization) !== undefined;
  }

  /** Whether a request carries a token in force that covers writes. */
  allowsWrite(authorization: string | undefined): boolean {
    const scopes = this.#tokenOf(authorization)?.scope.split(' ') ?? [];
    return scopes.includes('system/*.cruds');
  }

  /** Withdraws every token. */
  dropTokens(): void {
    this.#tokens.clear();
  }

  #tokenOf(authorization: string | undefined): Token | undefined {
    const text = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    const token = text === undefined ? undefined : this.#tokens.get(text);
    return token !== undefined && token.expires > this.#options.now().getTime() ? token : undefined;
  }

  async #authentic(form: URLSearchParams, tokenUrl: string): Promise<boolean> {
    const assertion = form.get('client_assertion');
    if (form.get('client_assertion_type') !== ASSERTION || assertion === null) {
      return false;
    }
    const { clientId, now } = this.#options;
    try {
      const { payload } = await jwtVerify(assertion, this.#keys, {
        algorithms: ['RS384', 'ES384'],
        issuer: clientId,
        subject: clientId,
        audience: tokenUrl,
        requiredClaims: ['exp', 'jti'],
        clockTolerance: 5,
        currentDate: now(),
      });
      return this.#fresh(payload);
    } catch {
      return false;
    }
  }

  /** An assertion counts once, and may not be valid for long. */
  #fresh({ jti, exp }: JWTPayload): boolean {
    const nowS = this.#options.now().getTime() / 1000;
    for (const [seen, until] of this.#seen) {
      if (until < nowS) {
        this.#seen.delete(seen);
      }
    }
    if (jti === undefined || exp === undefined || exp > nowS + MAX_ASSERTION_S + 5 || this.#seen.has(jti)) {
      return false;
    }
    this.#seen.set(jti, exp + 5);
    return true;
  }

  #issue(scope: string): { readonly access_token: string; readonly expires_in: number } {
    const token = randomBytes(24).toString('base64url');
    const { now, tokenSeconds } = this.#options;
    this.#tokens.set(token, { expires: now().getTime() + tokenSeconds * 1000, scope });
    return { access_token: token, expires_in: tokenSeconds };
  }
}
