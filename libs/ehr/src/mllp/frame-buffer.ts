const FIRST_CAPACITY = 4_096;

/**
 * Bytes of a frame as they arrive. Grows by doubling, so that a frame that comes byte by byte costs no more than its size
 * twice; a list of chunks would cost an object for each byte.
 */
export class FrameBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Memory that is held. */
  get capacity(): number {
    return this.#bytes.length;
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2, FIRST_CAPACITY));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  /** A copy of the bytes, at most so many. */
  copy(atMost: number = this.#length): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, Math.min(atMost, this.#length)));
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
  }
}
