import type { FrameReader } from './frame-reader.js';

/** After FS a frame is whole; CR is waited for so long, milliseconds. */
const CLOSING_MS = 1_000;

/** When a frame must have ended: each has its own time, whatever the one before it took. */
export class FrameDeadline {
  readonly #frameMs: number;
  #frameEndsMs = Infinity;
  #closingEndsMs = Infinity;

  /** @param frameMs from the first byte of a frame to its last */
  constructor(frameMs: number) {
    this.#frameMs = frameMs;
  }

  get endsMs(): number {
    return Math.min(this.#frameEndsMs, this.#closingEndsMs);
  }

  /**
   * Notes how far a reader is.
   * @param hasEnded whether a frame ended since the last call: what is open now is another one
   */
  note(progress: FrameReader['progress'], hasEnded: boolean, nowMs: number): void {
    if (hasEnded || progress === 'none') this.#frameEndsMs = Infinity;
    if (progress !== 'none') this.#frameEndsMs = Math.min(this.#frameEndsMs, nowMs + this.#frameMs);
    this.#closingEndsMs = progress === 'closing' ? nowMs + CLOSING_MS : Infinity;
  }
}
