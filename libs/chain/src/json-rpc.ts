import { GatewayError } from '#outcome';
import { HttpEndpoint, type EndpointOptions } from './rpc-endpoint.js';
import type { CallOptions, Rpc } from './rpc.js';
import { RpcError } from './rpc-error.js';

/** How a client is made. */
export interface RpcOptions extends Partial<EndpointOptions> {
  /** http: or https: URLs, in order of preference. */
  readonly urls: readonly string[];
  /** How long an endpoint that did not answer is left alone. */
  readonly cooldownMs?: number;
  readonly now?: () => number;
}

const DEFAULT_TIMEOUT_MS = 1_500;
const DEFAULT_MAX_REPLY_BYTES = 32 * 1024 * 1024;
const DEFAULT_COOLDOWN_MS = 5_000;

/**
 * JSON-RPC over keep-alive HTTP, a request per call. An endpoint that cannot be reached, does not answer in time, or sends what is
 * no JSON-RPC (a page of a proxy before it) is left alone for a while, and the next one asked. What a node answers is never asked again elsewhere.
 */
export class JsonRpc implements Rpc {
  readonly #endpoints: readonly { readonly endpoint: HttpEndpoint; openUntilMs: number }[];
  readonly #cooldownMs: number;
  readonly #now: () => number;

  constructor(options: RpcOptions) {
    const endpoint: EndpointOptions = {
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxReplyBytes: options.maxReplyBytes ?? DEFAULT_MAX_REPLY_BYTES,
    };
    if (options.urls.length === 0) throw new GatewayError('internal', { details: 'no chain endpoint' });
    this.#endpoints = options.urls.map((url) => ({
      endpoint: new HttpEndpoint(url, endpoint),
      openUntilMs: 0,
    }));
    this.#cooldownMs = options.cooldownMs ?? DEFAULT_COOLDOWN_MS;
    this.#now = options.now ?? Date.now;
  }

  async call(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<unknown> {
    let last: RpcError | undefined;
    for (const each of this.#inOrder()) {
      try {
        const result = await each.endpoint.call(method, params, options);
        each.openUntilMs = 0;
        return result;
      } catch (error) {
        if (!(error instanceof RpcError) || !error.silent) throw error;
        each.openUntilMs = this.#now() + this.#cooldownMs;
        last = error;
      }
    }
    throw last ?? new RpcError({ kind: 'unreachable' });
  }

  /** Closes idle connections. */
  close(): void {
    for (const { endpoint } of this.#endpoints) endpoint.close();
  }

  /** Endpoints that are not resting, else all: with one endpoint alone there is nothing to wait for. */
  #inOrder(): readonly { readonly endpoint: HttpEndpoint; openUntilMs: number }[] {
    const now = this.#now();
    const awake = this.#endpoints.filter((each) => each.openUntilMs <= now);
    return awake.length > 0 ? awake : this.#endpoints;
  }
}
