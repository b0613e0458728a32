import type { PublicJwks } from '#smart';
import type { FetchedJwks } from './fetch-jwks.js';

/** How long fetched keys are kept. */
export interface KeepPolicy {
  /** Never longer than this, whatever Cache-Control allows. */
  readonly maxAgeS: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** How long keys are kept whose server says nothing about it. */
const SILENT_AGE_S = 60;
const ENTRIES_MAX = 1_000;

/**
 * Clients' published keys.
 *
 * Kept no longer than their server allows, so that a removed key stops working then. Parallel askers share one fetch.
 * A failed fetch is not kept and gives no keys: the client cannot sign in until its server is back.
 */
export class ClientKeys {
  readonly #fetch: (uri: string) => Promise<FetchedJwks>;
  readonly #policy: KeepPolicy;
  readonly #kept = new Map<string, { readonly jwks: PublicJwks; readonly untilMs: number }>();
  readonly #open = new Map<string, Promise<PublicJwks>>();

  constructor(fetch: (uri: string) => Promise<FetchedJwks>, policy: KeepPolicy) {
    this.#fetch = fetch;
    this.#policy = policy;
  }

  /** @throws Error if the keys cannot be had */
  async get(uri: string): Promise<PublicJwks> {
    const kept = this.#kept.get(uri);
    if (kept !== undefined && kept.untilMs > this.#policy.clock()) return kept.jwks;
    this.#kept.delete(uri);
    const open = this.#open.get(uri) ?? this.#load(uri);
    return open;
  }

  #load(uri: string): Promise<PublicJwks> {
    const load = this.#fetchAndKeep(uri).finally(() => this.#open.delete(uri));
    this.#open.set(uri, load);
    return load;
  }

  async #fetchAndKeep(uri: string): Promise<PublicJwks> {
    const askedMs = this.#policy.clock();
    const { jwks, maxAgeS } = await this.#fetch(uri);
    const ageS = Math.min(maxAgeS ?? SILENT_AGE_S, this.#policy.maxAgeS);
    if (this.#kept.size >= ENTRIES_MAX) this.#kept.clear();
    this.#kept.set(uri, { jwks, untilMs: askedMs + ageS * 1000 });
    return jwks;
  }
}
