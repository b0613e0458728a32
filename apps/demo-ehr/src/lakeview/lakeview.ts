import { corrected, correctionOf, type Correction } from './correction.js';
import { letterOf, type Acknowledgement, type Letter } from './letter.js';
import { mergeOf, type Merge } from './merge.js';
import { MllpLink } from './mllp-link.js';
import type { Order } from './order.js';
import { MARIGOLDS_ORDERS } from './people/marigold.js';
import { FIRST_LETTERS } from './people/people.js';
import { localTime } from './segments.js';
import type { LakeviewSettings } from './settings.js';

const MAX_KEPT = 500;
const MAX_WAITING = 10_000;

/** A letter, and what became of it. `answer` is missing while it waits. */
export interface Posted {
  readonly letter: Letter;
  readonly answer?: Acknowledgement;
}

/** Lakeview: a hospital that speaks HL7 v2 by MLLP and nothing else. It connects out, and never loses what it has to say. */
export class Lakeview {
  readonly #link: MllpLink;
  readonly #now: () => Date;
  /** Number of each process run: its message numbers are its own. */
  readonly #run: string;
  readonly #posted: Posted[] = [];
  readonly #waiters = new Map<Letter, (answer: Acknowledgement) => void>();
  #orders: readonly Order[] = MARIGOLDS_ORDERS;
  #serial = 0;

  constructor({ MLLP_HOST: host, MLLP_PORT: port }: LakeviewSettings, now: () => Date) {
    this.#now = now;
    this.#run = now().getTime().toString(36).toUpperCase();
    this.#link = new MllpLink({ host, port, settled: (letter, answer) => this.#settle(letter, answer) });
  }

  /** Says what it has to say of everybody, and connects. */
  begin(): void {
    for (const letter of FIRST_LETTERS) this.#post(letter);
    this.#link.up();
  }

  /** Hangs up, for good or until `up`. */
  down(): void {
    this.#link.down();
  }

  up(): void {
    this.#link.up();
  }

  get status(): { readonly isUp: boolean; readonly isConnected: boolean; readonly waiting: number } {
    const { isUp, isConnected, waiting } = this.#link;
    return { isUp, isConnected, waiting };
  }

  /** What was sent lately, the oldest first. */
  get posted(): readonly Posted[] {
    return this.#posted;
  }

  /** A result of hers was wrong: the whole order again, with the right value. */
  correct(wish: Correction): Letter {
    const stamp = this.#stamp();
    this.#orders = corrected(this.#orders, wish, stamp.at);
    return this.#post(correctionOf(this.#orders, wish.code, stamp));
  }

  /** Two records turned out to be of one person. */
  merge(wish: Merge): Letter {
    return this.#post(mergeOf(wish, this.#stamp()));
  }

  /** A message that was sent before, byte for byte; by default the last one. `undefined` where there was none. */
  again(controlId: string | undefined): Letter | undefined {
    const sent = this.#posted.findLast(
      ({ letter }) => controlId === undefined || letter.controlId === controlId,
    );
    return sent === undefined ? undefined : this.#post({ ...sent.letter });
  }

  /** Bytes as they are, whatever they are. */
  raw(bytes: Uint8Array): Letter {
    return this.#post(letterOf(bytes));
  }

  /** The answer to a letter; `undefined` where there is none in time: then it still waits in the outbox. */
  answerTo(letter: Letter, limitMs: number): Promise<Acknowledgement | undefined> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#waiters.delete(letter);
        resolve(undefined);
      }, limitMs);
      this.#waiters.set(letter, (answer) => {
        clearTimeout(late);
        resolve(answer);
      });
    });
  }

  #post(letter: Letter): Letter {
    if (this.#link.waiting >= MAX_WAITING) throw new RangeError('the outbox is full');
    this.#posted.push({ letter });
    if (this.#posted.length > MAX_KEPT) this.#posted.shift();
    this.#link.post(letter);
    return letter;
  }

  #settle(letter: Letter, answer: Acknowledgement): void {
    const at = this.#posted.findIndex((each) => each.letter === letter);
    if (at >= 0) this.#posted[at] = { letter, answer };
    this.#waiters.get(letter)?.(answer);
    this.#waiters.delete(letter);
  }

  #stamp(): { readonly controlId: string; readonly at: string } {
    this.#serial += 1;
    return {
      controlId: `LK${this.#run}${this.#serial.toString(36).toUpperCase()}`,
      at: localTime(this.#now()),
    };
  }
}
