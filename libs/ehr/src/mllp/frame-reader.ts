import { FrameBuffer } from './frame-buffer.js';

export const VT = 0x0b;
export const FS = 0x1c;
export const CR = 0x0d;
/** Up to here bytes are blanks and control characters. */
const BLANK = 0x20;

/** Bytes of a broken frame that are given, so that its sender can be answered. */
const START_BYTES = 4_096;

/** Why bytes are no frame. */
export type FrameFault =
  /** More bytes than a frame may have. */
  | 'too-large'
  /** More bytes between frames than are passed over. */
  | 'stray'
  /** A frame that did not end. */
  | 'unfinished';

/** What a reader finds. After a fault it finds nothing more. */
export type FrameEvent =
  | { readonly kind: 'frame'; readonly payload: Uint8Array }
  | { readonly kind: 'fault'; readonly fault: FrameFault; readonly start: Uint8Array };

/** Bounds of a reader, bytes. */
export interface FrameLimits {
  readonly frameBytes: number;
  /** Between two frames. */
  readonly strayBytes: number;
}

type Place = 'between' | 'inside' | 'after-fs' | 'broken';

/**
 * Cuts frames out of a stream: VT, payload, FS CR. FS counts as the end also before the next VT, and where the stream
 * ends; before any other byte it belongs to the payload, as VT does inside a frame. How the stream is cut into chunks
 * makes no difference.
 * @see HL7 Transport Specification: MLLP, release 1
 */
export class FrameReader {
  readonly #limits: FrameLimits;
  readonly #buffer = new FrameBuffer();
  #place: Place = 'between';
  #stray = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** `open`: a frame, or something that is none, has begun; `closing`: FS came, and CR may still come. */
  get progress(): 'none' | 'open' | 'closing' {
    if (this.#place === 'after-fs') return 'closing';
    return this.#place === 'inside' || this.#buffer.length > 0 ? 'open' : 'none';
  }

  /** Bytes of memory that the frame in progress takes. */
  get heldBytes(): number {
    return this.#buffer.capacity;
  }

  /** What is found in the next bytes, in order. */
  push(chunk: Uint8Array): readonly FrameEvent[] {
    const events: FrameEvent[] = [];
    let at = 0;
    while (at < chunk.length && this.#place !== 'broken') at = this.#step(chunk, at, events);
    return events;
  }

  /** What is found where nothing more comes, or has not come in time. */
  end(): readonly FrameEvent[] {
    const { progress } = this;
    if (progress === 'none') return [];
    return [progress === 'closing' ? this.#complete() : this.#break('unfinished')];
  }

  /** Goes on from `at`; gives where it stopped. */
  #step(chunk: Uint8Array, at: number, events: FrameEvent[]): number {
    if (this.#place === 'between') return this.#seekStart(chunk, at, events);
    return this.#place === 'inside' ? this.#seekEnd(chunk, at, events) : this.#afterFs(chunk, at, events);
  }

  #seekStart(chunk: Uint8Array, at: number, events: FrameEvent[]): number {
    const start = chunk.indexOf(VT, at);
    const end = start === -1 ? chunk.length : start;
    this.#keepStray(chunk.subarray(at, end));
    if (this.#stray > this.#limits.strayBytes) {
      events.push(this.#break('stray'));
      return chunk.length;
    }
    if (start === -1) return chunk.length;
    this.#stray = 0;
    this.#buffer.clear();
    this.#place = 'inside';
    return start + 1;
  }

  /** What stands between frames may be a message that was sent without one: its start is kept for the answer. */
  #keepStray(bytes: Uint8Array): void {
    this.#stray += bytes.length;
    const meant = this.#buffer.length > 0 ? 0 : bytes.findIndex((byte) => byte > BLANK);
    const room = Math.min(START_BYTES, this.#limits.strayBytes) - this.#buffer.length;
    if (meant !== -1) this.#buffer.append(bytes.subarray(meant, meant + Math.max(0, room)));
  }

  #seekEnd(chunk: Uint8Array, at: number, events: FrameEvent[]): number {
    const fs = chunk.indexOf(FS, at);
    const end = fs === -1 ? chunk.length : fs;
    if (!this.#keep(chunk.subarray(at, end), events)) return chunk.length;
    if (fs === -1) return chunk.length;
    this.#place = 'after-fs';
    return fs + 1;
  }

  #afterFs(chunk: Uint8Array, at: number, events: FrameEvent[]): number {
    const byte = chunk[at];
    if (byte === CR || byte === VT) {
      events.push(this.#complete());
      return byte === CR ? at + 1 : at;
    }
    this.#place = 'inside';
    this.#keep(Uint8Array.of(FS), events);
    return at;
  }

  #keep(bytes: Uint8Array, events: FrameEvent[]): boolean {
    const fits = this.#buffer.length + bytes.length <= this.#limits.frameBytes;
    if (fits) this.#buffer.append(bytes);
    else {
      this.#buffer.append(bytes.subarray(0, Math.max(0, START_BYTES - this.#buffer.length)));
      events.push(this.#break('too-large'));
    }
    return fits;
  }

  #complete(): FrameEvent {
    const payload = this.#buffer.copy();
    this.#buffer.clear();
    this.#place = 'between';
    return { kind: 'frame', payload };
  }

  #break(fault: FrameFault): FrameEvent {
    const start = this.#buffer.copy(START_BYTES);
    this.#buffer.clear();
    this.#place = 'broken';
    return { kind: 'fault', fault, start };
  }
}

/** A payload in its frame. */
export function frameOf(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(payload.length + 3);
  frame[0] = VT;
  frame.set(payload, 1);
  frame[payload.length + 1] = FS;
  frame[payload.length + 2] = CR;
  return frame;
}
