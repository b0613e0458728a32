/** A fixed window per minute over the one account. */
export class RateLimit {
  readonly #now: () => Date;
  #perMinute: number;
  #windowMs = 0;
  #used = 0;

  constructor(perMinute: number, now: () => Date) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Changes the limit and begins a new window. */
  change(perMinute: number): void {
    this.#perMinute = perMinute;
    this.#windowMs = 0;
  }

  /** Counts a request; seconds to wait if it is one too many, else 0. */
  count(): number {
    const nowMs = this.#now().getTime();
    if (nowMs - this.#windowMs >= 60_000) {
      this.#windowMs = nowMs;
      this.#used = 0;
    }
    this.#used += 1;
    return this.#used <= this.#perMinute ? 0 : Math.ceil((this.#windowMs + 60_000 - nowMs) / 1000);
  }
}
