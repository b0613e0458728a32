import { z } from 'zod';
import { boundedJson } from '../http/bounded-json.js';
import { invalid } from '../http/vendor-failure.js';
import type { Pace } from '../pace.js';
import { endpoint, type VendorProfile } from '../vendor-profile.js';
import { signAssertion, type AssertionKey } from './assertion.js';

const TokenAnswer = z.looseObject({
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().default(60),
});
const Configuration = z.looseObject({ token_endpoint: endpoint });
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Held {
  readonly token: string;
  readonly renewMs: number;
}

/**
 * The access token of one vendor account.
 *
 * One fetch is in flight at a time and shared; a token is renewed when a sixth of its life is left; a token that the
 * vendor refused is dropped, unless a newer one has taken its place.
 */
export class VendorToken {
  readonly #profile: VendorProfile;
  readonly #key: AssertionKey;
  readonly #pace: Pace;
  #held: Held | undefined;
  #fetching: Promise<Held> | undefined;
  #endpoint: string | undefined;

  constructor(profile: VendorProfile, key: AssertionKey, pace: Pace) {
    this.#profile = profile;
    this.#key = key;
    this.#pace = pace;
    this.#endpoint = profile.auth.tokenUrl;
  }

  /**
   * A token that is good for a while.
   *
   * @throws GatewayError `source-unavailable`, `source-timeout`, `source-invalid`.
   */
  async bearer(): Promise<string> {
    if (this.#held !== undefined && this.#pace.nowMs() < this.#held.renewMs) {
      return this.#held.token;
    }
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    this.#held = await this.#fetching;
    return this.#held.token;
  }

  /** Forgets a token that the vendor refused. */
  drop(token: string): void {
    if (this.#held?.token === token) {
      this.#held = undefined;
    }
  }

  async #fetch(): Promise<Held> {
    const { auth, id, limits } = this.#profile;
    const signal = AbortSignal.timeout(limits.requestMs);
    const url = await this.#tokenUrl(signal);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: auth.scopes.join(' '),
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: await signAssertion(auth, this.#key, url, this.#pace.nowMs()),
    });
    const askedMs = this.#pace.nowMs();
    const answer = TokenAnswer.safeParse(await boundedJson({ source: id, url, form, signal }));
    if (!answer.success) {
      throw invalid(id, 'token answer');
    }
    const { access_token: token, expires_in: lifeS } = answer.data;
    return { token, renewMs: askedMs + lifeS * 1000 * (5 / 6) };
  }

  /** From the profile, else asked of the vendor once. */
  async #tokenUrl(signal: AbortSignal): Promise<string> {
    if (this.#endpoint === undefined) {
      const { baseUrl, id } = this.#profile;
      const url = `${baseUrl}/.well-known/smart-configuration`;
      const answer = Configuration.safeParse(await boundedJson({ source: id, url, signal }));
      const found = answer.success ? answer.data.token_endpoint : '';
      if (!found.startsWith('https:') && !sameOrigin(found, baseUrl)) {
        throw invalid(id, 'smart-configuration');
      }
      this.#endpoint = found;
    }
    return this.#endpoint;
  }
}

function sameOrigin(a: string, b: string): boolean {
  return URL.parse(a)?.origin === new URL(b).origin;
}
