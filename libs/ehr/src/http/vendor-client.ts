import { Client } from 'fhir-kit-client';
import { Agent } from 'undici';
import { GatewayError } from '#outcome';
import type { VendorToken } from '../auth/vendor-token.js';
import type { Pace } from '../pace.js';
import type { VendorProfile } from '../vendor-profile.js';
import { recorderOf } from './recorder.js';
import { retryAfterMs } from './retry-after.js';
import { errorOf, failureOf, invalid, type VendorFailure } from './vendor-failure.js';

const HEADERS = { accept: 'application/fhir+json', 'accept-encoding': 'identity' };

/**
 * GET requests to one vendor's FHIR base, by the request layer of fhir-kit-client.
 *
 * The token goes to the base's origin only; redirects are refused; bytes, time, tries and waits are bounded. What the
 * vendor asks for by Retry-After is kept for all requests, not only for the one that was told.
 */
export class VendorClient {
  readonly #profile: VendorProfile;
  readonly #token: VendorToken;
  readonly #pace: Pace;
  readonly #origin: string;
  readonly #agent: Agent;
  #notBeforeMs = 0;

  constructor(profile: VendorProfile, token: VendorToken, pace: Pace) {
    const { baseUrl, limits } = profile;
    this.#profile = profile;
    this.#token = token;
    this.#pace = pace;
    this.#origin = new URL(baseUrl).origin;
    this.#agent = new Agent({
      connections: limits.connections,
      connect: { timeout: limits.requestMs },
      headersTimeout: limits.requestMs,
      bodyTimeout: limits.requestMs,
    });
  }

  /**
   * Fetches a page.
   *
   * @param url Absolute, on the base's origin.
   * @returns The exact bytes of a 200 answer that is JSON.
   * @throws GatewayError `source-unavailable`, `source-timeout`, `source-invalid`.
   */
  async get(url: string, signal: AbortSignal): Promise<Uint8Array> {
    this.#mustBeOurs(url);
    const { id, limits } = this.#profile;
    for (let attempt = 1; ; attempt += 1) {
      await this.#wait(0, signal);
      const answer = await this.#attempt(url, signal);
      if (answer instanceof Uint8Array) {
        return answer;
      }
      if (!answer.again || attempt >= limits.attempts) {
        throw errorOf(id, answer);
      }
      await this.#wait(this.#backoffMs(answer, attempt), signal);
    }
  }

  /** Ends the connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** One try, and a second one with a new token where the first was refused. */
  async #attempt(url: string, signal: AbortSignal): Promise<Uint8Array | VendorFailure> {
    const token = await this.#token.bearer();
    const answer = await this.#once(url, token, signal);
    if (answer instanceof Uint8Array || answer.status !== 401) {
      return answer;
    }
    this.#token.drop(token);
    return this.#once(url, await this.#token.bearer(), signal);
  }

  async #once(url: string, token: string, signal: AbortSignal): Promise<Uint8Array | VendorFailure> {
    const recorder = recorderOf(this.#agent, this.#profile.limits.responseBytes);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#profile.limits.requestMs)]);
    const client = new Client({
      baseUrl: this.#profile.baseUrl,
      requestOptions: { redirect: 'error', dispatcher: recorder.dispatcher },
      requestSigner: (target, init) => {
        this.#mustBeOurs(target);
        init.headers = { ...HEADERS, authorization: `Bearer ${token}` };
      },
    });
    try {
      await client.request(url, { options: { signal: limit } });
      return recorder.bytes();
    } catch (error) {
      if (error instanceof GatewayError) {
        throw error;
      }
      const fault = recorder.fault();
      if (fault !== undefined) {
        throw invalid(this.#profile.id, fault);
      }
      return failureOf(error);
    }
  }

  #mustBeOurs(url: string): void {
    if (URL.parse(url)?.origin !== this.#origin) {
      throw invalid(this.#profile.id, 'link to another origin');
    }
  }

  /** What Retry-After says, else a random part of a bound that doubles with each try. */
  #backoffMs(failed: VendorFailure, attempt: number): number {
    const { backoffMs, maxWaitMs } = this.#profile.limits;
    const told = retryAfterMs(failed.retryAfter, this.#pace.nowMs());
    if (told === undefined) {
      return Math.min(maxWaitMs, backoffMs * 2 ** (attempt - 1)) * this.#pace.random();
    }
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#pace.nowMs() + told);
    return told;
  }

  /** Waits as long as asked and as the vendor told anybody to; fails at once where that is too long. */
  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const { id, limits } = this.#profile;
    const waitMs = Math.max(ms, this.#notBeforeMs - this.#pace.nowMs());
    if (waitMs > limits.maxWaitMs) {
      const failed = failureOf({ response: { status: 503 } });
      throw errorOf(id, failed, Math.ceil(waitMs / 1000));
    }
    if (waitMs <= 0) {
      return;
    }
    try {
      await this.#pace.sleep(waitMs, signal);
    } catch (error) {
      throw errorOf(id, failureOf(error));
    }
  }
}
