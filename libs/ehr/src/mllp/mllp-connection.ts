import type { Socket } from 'node:net';
import type { HeldPart } from './held-bytes.js';
import { type FrameEvent, type FrameLimits, frameOf, FrameReader } from './frame-reader.js';
import type { MllpEvent, MllpHandler, MllpPeer, MllpRefusal } from './mllp-handler.js';
import { timer } from './timer.js';

/** After FS a frame is whole; CR is waited for so long, milliseconds. */
const CLOSING_MS = 1_000;

/** Times of a connection, milliseconds. */
export interface ConnectionTimes {
  /** Without a byte, between frames. */
  readonly idleMs: number;
  /** From the first byte of a frame to its last, and for a sender to take its answers. */
  readonly frameMs: number;
  /** After a refusal: what the sender still sends is thrown away for so long, so that it reads the answer. */
  readonly lingerMs: number;
}

/** What a connection is made of. */
export interface ConnectionParts {
  readonly socket: Socket;
  readonly peer: MllpPeer;
  readonly handler: MllpHandler;
  readonly limits: FrameLimits;
  readonly times: ConnectionTimes;
  readonly held: HeldPart;
  readonly observe: (event: MllpEvent) => void;
  /** Aborted at the stop: what was read is answered, nothing more is read. */
  readonly stopping: AbortSignal;
}

type Read =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'late' }
  | { readonly kind: 'stop' };

/** One sender's connection: reads, hands frames on, answers in order, reads on. */
export class MllpConnection {
  readonly #parts: ConnectionParts;
  readonly #reader: FrameReader;
  readonly #chunks: AsyncIterator<unknown>;
  readonly #stopped: Promise<Read>;
  #frameEndsMs = Infinity;
  #next: Promise<Read> | undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#reader = new FrameReader(parts.limits);
    this.#chunks = parts.socket.iterator({ destroyOnReturn: false });
    this.#stopped = stopOf(parts.stopping, parts.socket);
  }

  /** Serves the sender until it leaves, breaks a rule or is silent for too long. Never rejects. */
  async run(): Promise<void> {
    const { socket, held, observe } = this.#parts;
    try {
      await this.#serve();
    } catch (cause) {
      // A socket that breaks is a sender that left.
      if (!socket.destroyed && socket.errored === null) observe({ kind: 'failed', cause });
    } finally {
      held.set(0);
      socket.destroy();
    }
  }

  async #serve(): Promise<void> {
    for (;;) {
      const read = await this.#read();
      if (read.kind === 'stop') return this.#leave();
      const events = read.kind === 'bytes' ? this.#reader.push(read.bytes) : this.#reader.end();
      if (!(await this.#handle(events, read))) return;
      if (read.kind === 'end') return this.#leave();
      if (read.kind === 'late' && events.length === 0) return this.#timeOut('idle');
    }
  }

  /** Answers what was found. `false`: the connection is over. */
  async #handle(events: readonly FrameEvent[], read: Read): Promise<boolean> {
    const { held, observe } = this.#parts;
    await this.#answer(events.flatMap((event) => (event.kind === 'frame' ? [event.payload] : [])));
    this.#setDeadline();
    const fits = held.set(this.#reader.heldBytes);
    const fault = events.find((event) => event.kind === 'fault');
    if (fault !== undefined) {
      if (read.kind === 'late') observe({ kind: 'timed-out', what: 'frame' });
      await this.#refuse(fault.fault, fault.start);
    } else if (!fits) {
      const [unfinished] = this.#reader.end();
      await this.#refuse('overloaded', unfinished?.kind === 'fault' ? unfinished.start : new Uint8Array());
    }
    return fault === undefined && fits;
  }

  /** All frames are handed on before the first is answered, so that they are kept together. */
  async #answer(payloads: readonly Uint8Array[]): Promise<void> {
    const { handler, peer, held } = this.#parts;
    if (payloads.length === 0) return;
    held.set(this.#reader.heldBytes + payloads.reduce((sum, { length }) => sum + length, 0));
    const answers = await Promise.all(payloads.map((payload) => handler.receive(payload, peer)));
    const frames = answers.flatMap((answer) => (answer === undefined ? [] : [frameOf(answer)]));
    await this.#write(Buffer.concat(frames));
  }

  /** A frame has so long from its first byte. */
  #setDeadline(): void {
    const { progress } = this.#reader;
    const nowMs = performance.now();
    if (progress === 'none') this.#frameEndsMs = Infinity;
    else if (progress === 'closing') this.#frameEndsMs = Math.min(this.#frameEndsMs, nowMs + CLOSING_MS);
    else if (this.#frameEndsMs === Infinity) this.#frameEndsMs = nowMs + this.#parts.times.frameMs;
  }

  async #read(): Promise<Read> {
    const frameMs = this.#frameEndsMs - performance.now();
    const late = timer(Math.max(0, Math.min(this.#parts.times.idleMs, frameMs)));
    // One that is still under way, since it was late, is waited for again.
    this.#next ??= this.#chunks.next().then(readOf);
    try {
      const read = await Promise.race([this.#next, this.#stopped, late.passed]);
      if (read.kind === 'bytes' || read.kind === 'end') this.#next = undefined;
      return read;
    } finally {
      late.clear();
      // Where nobody waits any more, a socket that breaks has no reader.
      this.#next?.catch(() => undefined);
    }
  }

  /** A sender that does not take its answers is let go. */
  async #write(bytes: Uint8Array): Promise<void> {
    const { socket, times } = this.#parts;
    if (socket.destroyed || bytes.length === 0 || socket.write(bytes)) return;
    const late = timer(times.frameMs);
    const drained = new Promise<'drained'>((resolve) => {
      socket.once('drain', () => resolve('drained'));
      socket.once('close', () => resolve('drained'));
    });
    const outcome = await Promise.race([drained, late.passed]);
    late.clear();
    if (outcome === 'drained') return;
    this.#parts.observe({ kind: 'timed-out', what: 'answer' });
    socket.destroy();
  }

  async #refuse(refusal: MllpRefusal, start: Uint8Array): Promise<void> {
    const { handler, observe, held } = this.#parts;
    observe({ kind: 'refused', refusal });
    held.set(this.#reader.heldBytes);
    const answer = handler.refuse(refusal, start);
    if (answer !== undefined) await this.#write(frameOf(answer));
    await this.#leave();
  }

  #timeOut(what: 'idle'): Promise<void> {
    this.#parts.observe({ kind: 'timed-out', what });
    return this.#leave();
  }

  /** Ends our side, and throws away what still comes: closing at once would take the answer out of the sender's hands. */
  async #leave(): Promise<void> {
    const { socket, times } = this.#parts;
    if (socket.destroyed) return;
    const late = timer(times.lingerMs);
    const told = new Promise<void>((resolve) => {
      socket.end(() => resolve());
      socket.once('close', () => resolve());
    });
    await Promise.race([Promise.all([told, this.#throwAway()]), late.passed]);
    late.clear();
  }

  async #throwAway(): Promise<void> {
    try {
      while ((await this.#chunks.next()).done !== true);
    } catch {
      // The sender broke the connection off: nothing more comes either way.
    }
  }
}

function readOf({ done, value }: IteratorResult<unknown>): Read {
  return done !== true && value instanceof Uint8Array ? { kind: 'bytes', bytes: value } : { kind: 'end' };
}

function stopOf(stopping: AbortSignal, socket: Socket): Promise<Read> {
  return new Promise((resolve) => {
    const stop = (): void => resolve({ kind: 'stop' });
    if (stopping.aborted) stop();
    stopping.addEventListener('abort', stop, { once: true });
    socket.once('close', () => stopping.removeEventListener('abort', stop));
  });
}
