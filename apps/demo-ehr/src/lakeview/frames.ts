const START = 0x0b;
const END = 0x1c;
const CR = 0x0d;
const MAX_ANSWER_BYTES = 64 * 1024;

/** A message in its frame. @see HL7 Implementation Guide Transport Specification MLLP, Release 1, part 2.3.1 */
export function framed(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([START]), message, Buffer.from([END, CR])]);
}

/** Takes frames out of a stream. What stands between frames is passed over. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);

  /** The contents of the frames that are complete now. A frame without end is forgotten. */
  push(chunk: Uint8Array): readonly Buffer[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const frames: Buffer[] = [];
    for (let end = this.#held.indexOf(END); end >= 0; end = this.#held.indexOf(END)) {
      const start = this.#held.indexOf(START);
      if (start >= 0 && start < end) frames.push(this.#held.subarray(start + 1, end));
      this.#held = this.#held.subarray(end + 1);
    }
    if (this.#held.length > MAX_ANSWER_BYTES) this.#held = Buffer.alloc(0);
    return frames;
  }
}
