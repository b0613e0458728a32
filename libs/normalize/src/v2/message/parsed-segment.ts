import type { Cell, Segment } from './message.js';
import { grammarOf, Part, withoutAll, type Grammar, type Whole } from './part.js';

/** A segment whose fields are cut when they are asked for, once. */
export class ParsedSegment implements Segment {
  readonly name: string;
  readonly ordinal: number;
  readonly position: number;
  readonly #raw: string;
  readonly #grammar: Grammar;
  #fields: readonly string[] | undefined;
  readonly #cells = new Map<number, readonly Part[]>();

  /** @param raw All of the segment, from its name on. */
  constructor(raw: string, grammar: Grammar, place: { readonly ordinal: number; readonly position: number }) {
    this.name = raw.slice(0, 3);
    this.ordinal = place.ordinal;
    this.position = place.position;
    this.#raw = raw;
    this.#grammar = grammar;
  }

  get size(): number {
    return this.#all().length - 1;
  }

  field(number: number): readonly Cell[] {
    return this.#parts(number);
  }

  first(number: number): Cell {
    return this.#parts(number)[0] ?? new Part('', this.#whole(number), 0);
  }

  /** Adds the paths of populated leaves that nobody read; the segment's alone where `list` would get more than `most`. */
  listUnread(list: string[], most: number): void {
    const found: string[] = [];
    const room = Math.max(1, most - list.length);
    for (let number = this.#isHeader() ? 3 : 1; number <= this.size && found.length < room; number += 1) {
      for (const part of this.#isSetId(number) ? [] : this.#parts(number)) {
        part.listUnread(found, room);
      }
    }
    list.push(...(found.length < room ? found : [this.#path()]));
  }

  #parts(number: number): readonly Part[] {
    const known = this.#cells.get(number);
    if (known !== undefined) {
      return known;
    }
    const repetitions = this.#repetitions(number);
    const whole = this.#whole(number);
    const parts = repetitions.map((raw, index) => new Part(raw, whole, index));
    this.#cells.set(number, parts);
    return parts;
  }

  /** None where nothing but separators stands. */
  #repetitions(number: number): readonly string[] {
    const raw = this.#rawField(number);
    if (raw === '' || this.#declares(number)) {
      return raw === '' ? [] : [raw];
    }
    const { repetition } = this.#grammar.delimiters;
    const [below = []] = this.#grammar.separators;
    const repeats = repetition !== '' && raw.includes(repetition);
    if (withoutAll(raw, repeats ? [repetition, ...below] : below) === '') {
      return [];
    }
    return repeats ? raw.split(repetition) : [raw];
  }

  #whole(number: number): Whole {
    return { path: `${this.#path()}-${number}`, depth: -1, grammar: this.#grammarOf(number) };
  }

  #grammarOf(number: number): Grammar {
    return this.#declares(number) ? LITERAL : this.#grammar;
  }

  #rawField(number: number): string {
    return (number >= 1 ? this.#all()[number] : undefined) ?? '';
  }

  /** By their numbers; the name is number 0. In a header the separator itself is number 1. */
  #all(): readonly string[] {
    if (this.#fields === undefined) {
      const { field } = this.#grammar.delimiters;
      const pieces = this.#raw.split(field);
      this.#fields = this.#isHeader() ? [this.name, field, ...pieces.slice(1)] : pieces;
    }
    return this.#fields;
  }

  #isHeader(): boolean {
    return this.name === 'MSH';
  }

  /** MSH-1 and MSH-2 hold delimiters as themselves. */
  #declares(number: number): boolean {
    return this.#isHeader() && number <= 2;
  }

  /** Field 1 where it but numbers the segments of a set. What a sender's own segments begin with, only the sender knows. */
  #isSetId(number: number): boolean {
    return number === 1 && !this.name.startsWith('Z') && SET_ID.test(this.#rawField(number));
  }

  #path(): string {
    return this.ordinal === 1 ? this.name : `${this.name}(${this.ordinal})`;
  }
}

/** The data type SI: at most four digits. */
const SET_ID = /^\s*\d{1,4}\s*$/;

/** Of fields in which nothing separates or escapes. */
const LITERAL: Grammar = grammarOf(
  { field: '', component: '', repetition: '', escape: undefined, subcomponent: '', truncation: undefined },
  'utf-8',
);
