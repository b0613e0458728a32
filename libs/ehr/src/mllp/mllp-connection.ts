import type { Socket } from 'node:net';
import type { HeldPart } from './held-bytes.js';
import { FrameDeadline } from './frame-deadline.js';
import { type FrameEvent, type FrameLimits, frameOf, FrameReader } from './frame-reader.js';
import type { MllpEvent, MllpHandler, MllpPeer, MllpRefusal } from './mllp-handler.js';
import { timer } from './timer.js';

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
  readonly #deadline: FrameDeadline;
  #next: Promise<Read> | undefined;
  /** Ends the read that is under way: nothing more is read. */
  #interrupt: () => void = () => undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#reader = new FrameReader(parts.limits);
    this.#chunks = parts.socket.iterator({ destroyOnReturn: false });
    this.#deadline = new FrameDeadline(parts.times.frameMs);
  }

  /** Serves the sender until it leaves, breaks a rule or is silent for too long. Never rejects. */
  async run(): Promise<void> {
    const { socket, held, observe, stopping } = this.#parts;
    const stop = (): void => this.#interrupt();
    stopping.addEventListener('abort', stop);
    try {
      await this.#serve();
    } catch (cause) {
      // A socket that breaks is a sender that left.
      if (!socket.destroyed && socket.errored === null) observe({ kind: 'failed', cause });
    } finally {
      stopping.removeEventListener('abort', stop);
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
    const hasEnded = events.some((event) => event.kind === 'frame');
    this.#deadline.note(this.#reader.progress, hasEnded, performance.now());
    const fits = held.set(this.#reader.heldBytes);
    const fault = events.find((event) => event.kind === 'fault');
    if (fault !== undefined) {
      if (read.kind === 'late') observe({ kind: 'timed-out', what: 'frame' });
      await this.#refuse(fault.fault, fault.start);
    } else if (!fits) {
      const [begun] = this.#reader.end();
      await this.#refuse('overloaded', begun === undefined ? new Uint8Array() : startOf(begun));
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

  /**
   * Each read has a promise of its own. One of the whole connection that every read raced against would remember all of
   * them, and with them all that was read.
   */
  async #read(): Promise<Read> {
    const { stopping, times } = this.#parts;
    if (stopping.aborted) return { kind: 'stop' };
    const { promise, resolve, reject } = Promise.withResolvers<Read>();
    this.#interrupt = () => resolve({ kind: 'stop' });
    const frameMs = this.#deadline.endsMs - performance.now();
    const late = setTimeout(() => resolve({ kind: 'late' }), Math.max(0, Math.min(times.idleMs, frameMs)));
    // One that is still under way, since it was late, is waited for again.
    this.#next ??= this.#chunks.next().then(readOf);
    void this.#next.then(resolve, reject);
    const read = await promise.finally(() => clearTimeout(late));
    if (read.kind === 'bytes' || read.kind === 'end') this.#next = undefined;
    return read;
  }

  /** A sender that does not take its answers is let go. */
  async #write(bytes: Uint8Array): Promise<void> {
    const { socket, times } = this.#parts;
    if (socket.destroyed || bytes.length === 0 || socket.write(bytes)) return;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const taken = (): void => resolve(true);
    const late = setTimeout(() => resolve(false), times.frameMs);
    socket.on('drain', taken).on('close', taken);
    const isTaken = await promise;
    clearTimeout(late);
    socket.off('drain', taken).off('close', taken);
    if (isTaken) return;
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

/** The first bytes of what came, for an answer. */
function startOf(event: FrameEvent): Uint8Array {
  return event.kind === 'frame' ? event.payload : event.start;
}
