import { connect, type Socket } from 'node:net';
import { FrameReader, framed } from './frames.js';
import { acknowledgementOf, type Acknowledgement, type Letter } from './letter.js';

const ANSWER_MS = 10_000;
const PAUSE_MS = 100;
const MAX_PAUSE_MS = 2_000;
/** A connection that lived that long was well: the next pause is the first one again. */
const WELL_AFTER_MS = 5_000;

/** Where letters go, and who hears of the answers. */
export interface LinkOptions {
  readonly host: string;
  readonly port: number;
  /** Called once for each letter, with an answer that settles it: taken, or refused for good. */
  readonly settled: (letter: Letter, answer: Acknowledgement) => void;
}

/**
 * A sender over MLLP: one connection, one letter at a time, the next when the one before is answered. A letter stays first
 * in the outbox, and is sent again with the same bytes, until it was taken (AA, CA) or refused for good (AR, CR).
 */
export class MllpLink {
  readonly #options: LinkOptions;
  readonly #outbox: Letter[] = [];
  #socket: Socket | undefined;
  #awaited: Letter | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isConnected = false;
  #isUp = false;
  #failures = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** How many letters wait, the one on its way included. */
  get waiting(): number {
    return this.#outbox.length;
  }

  post(letter: Letter): void {
    this.#outbox.push(letter);
    this.#sendNext();
  }

  /** Connects, and connects again whenever the connection is lost. */
  up(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#failures = 0;
    this.#connect();
  }

  /** Hangs up. What waits is kept. */
  down(): void {
    this.#isUp = false;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #connect(): void {
    const { host, port } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    const frames = new FrameReader();
    let sinceMs = Number.POSITIVE_INFINITY;
    this.#socket = socket;
    socket.once('connect', () => {
      sinceMs = performance.now();
      this.#isConnected = true;
      this.#sendNext();
    });
    socket.on('data', (chunk) => {
      for (const frame of frames.push(chunk)) this.#hear(acknowledgementOf(frame));
    });
    // a close follows
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (socket === this.#socket) this.#lose(performance.now() - sinceMs > WELL_AFTER_MS);
    });
  }

  #sendNext(): void {
    const [letter] = this.#outbox;
    if (letter === undefined || !this.#isConnected || this.#awaited !== undefined) return;
    this.#awaited = letter;
    this.#socket?.write(framed(letter.bytes));
    this.#timer = setTimeout(() => this.#socket?.destroy(), ANSWER_MS);
  }

  #hear(answer: Acknowledgement | undefined): void {
    const letter = this.#awaited;
    if (letter === undefined || answer === undefined) return;
    if (letter.controlId !== '' && answer.controlId !== letter.controlId) return;
    clearTimeout(this.#timer);
    if (answer.code.endsWith('E')) {
      // could not be stored: the same again, later
      this.#timer = setTimeout(() => this.#resend(), this.#pauseMs());
      return;
    }
    this.#failures = 0;
    this.#awaited = undefined;
    this.#outbox.shift();
    this.#options.settled(letter, answer);
    this.#sendNext();
  }

  #resend(): void {
    this.#awaited = undefined;
    this.#sendNext();
  }

  #lose(wasWell: boolean): void {
    clearTimeout(this.#timer);
    this.#isConnected = false;
    this.#awaited = undefined;
    if (wasWell) this.#failures = 0;
    if (this.#isUp) this.#timer = setTimeout(() => this.#connect(), this.#pauseMs());
  }

  #pauseMs(): number {
    const pauseMs = PAUSE_MS * 2 ** Math.min(this.#failures, 10);
    this.#failures += 1;
    return Math.min(pauseMs, MAX_PAUSE_MS);
  }
}
