/** Bounds of the memory that connections hold. */
export interface HeldLimits {
  /** What every connection may hold, so that small messages are taken whatever others do. */
  readonly ownBytes: number;
  /** What all connections together may hold beyond that. */
  readonly sharedBytes: number;
}

/** Counts the bytes of messages that connections hold, and says when it is too much. */
export class HeldBytes {
  readonly #limits: HeldLimits;
  #held = 0;
  #shared = 0;

  constructor(limits: HeldLimits) {
    this.#limits = limits;
  }

  /** All bytes that are held. */
  get total(): number {
    return this.#held;
  }

  /** One connection's part. */
  open(): HeldPart {
    let own = 0;
    return {
      set: (bytes) => {
        const before = Math.max(0, own - this.#limits.ownBytes);
        const after = Math.max(0, bytes - this.#limits.ownBytes);
        const fits = after <= before || this.#shared + after - before <= this.#limits.sharedBytes;
        this.#held += bytes - own;
        this.#shared += after - before;
        own = bytes;
        return fits;
      },
    };
  }
}

/** What one connection holds. */
export interface HeldPart {
  /** Notes how much it is now. `false`: too much; the connection MUST let go of it. */
  set(bytes: number): boolean;
}
