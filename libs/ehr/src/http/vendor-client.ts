import { Client } from 'fhir-kit-client';
import { Agent } from 'undici';
import { GatewayError } from '#outcome';
import type { VendorToken } from '../auth/vendor-token.js';
import type { Pace } from '../pace.js';
import type { VendorProfile } from '../vendor-profile.js';
import { type Recorder, recorderOf } from './recorder.js';
import { type VendorAnswer, type VendorRequest, writtenOf } from './vendor-answer.js';
import { retryAfterMs } from './retry-after.js';
import { errorOf, failureOf, invalid, type VendorFailure } from './vendor-failure.js';

const HEADERS = { accept: 'application/fhir+json', 'accept-encoding': 'identity' };

/**
 * Requests to one vendor's FHIR base, by the request layer of fhir-kit-client.
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
    const answer = await this.#fetch(url, signal);
    if (answer instanceof Uint8Array) return answer;
    throw errorOf(this.#profile.id, answer);
  }

  /** Fetches what may be gone: `undefined` where the vendor says so. Throws as `get` does. */
  async find(url: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const answer = await this.#fetch(url, signal);
    if (answer instanceof Uint8Array) return answer;
    if (answer.status === 404 || answer.status === 410) return undefined;
    throw errorOf(this.#profile.id, answer);
  }

  /**
   * Sends a write, once; a second time only where the vendor wanted another token, since then it did not look at it.
   *
   * @throws GatewayError `source-unavailable`, `source-timeout`, `source-invalid` where nothing was sent.
   */
  async send(request: VendorRequest, signal: AbortSignal): Promise<VendorAnswer> {
    this.#mustBeOurs(request.url);
    await this.#wait(0, signal);
    const token = await this.#token.bearer();
    const answer = await this.#write(request, token, signal);
    if (answer.kind === 'lost' || answer.status !== 401) return answer;
    this.#token.drop(token);
    return this.#write(request, await this.#token.bearer(), signal);
  }

  /** What the vendor asks for by Retry-After is kept by all requests. @returns seconds */
  restFor(retryAfter: string | null): number | undefined {
    const told = retryAfterMs(retryAfter, this.#pace.nowMs());
    if (told === undefined) return undefined;
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#pace.nowMs() + told);
    return Math.ceil(told / 1000);
  }

  /** The bytes of an answer, or how it failed after all tries. */
  async #fetch(url: string, signal: AbortSignal): Promise<Uint8Array | VendorFailure> {
    this.#mustBeOurs(url);
    const { limits } = this.#profile;
    for (let attempt = 1; ; attempt += 1) {
      await this.#wait(0, signal);
      const answer = await this.#attempt(url, signal);
      if (answer instanceof Uint8Array) {
        return answer;
      }
      if (!answer.again || attempt >= limits.attempts) {
        return answer;
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
    try {
      await this.#clientOf(recorder, token).request(url, { options: { signal: limit } });
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

  async #write(request: VendorRequest, token: string, signal: AbortSignal): Promise<VendorAnswer> {
    const recorder = recorderOf(this.#agent, this.#profile.limits.responseBytes);
    const { method, url, headers, body } = request;
    const sent = { method, ...(body === undefined ? {} : { body: Buffer.from(body).toString('utf8') }) };
    try {
      await this.#clientOf(recorder, token, headers).request(url, { ...sent, options: { signal } });
    } catch (error) {
      return writtenOf(recorder, failureOf(error));
    }
    return writtenOf(recorder, undefined);
  }

  #clientOf(recorder: Recorder, token: string, headers: Readonly<Record<string, string>> = {}): Client {
    return new Client({
      baseUrl: this.#profile.baseUrl,
      requestOptions: { redirect: 'error', dispatcher: recorder.dispatcher },
      requestSigner: (target, init) => {
        this.#mustBeOurs(target);
        init.headers = { ...HEADERS, ...headers, authorization: `Bearer ${token}` };
      },
    });
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
