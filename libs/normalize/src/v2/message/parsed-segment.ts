import type { Notation } from './unescape.js';
import type { Cell, Segment } from './message.js';
import { Part } from './part.js';

/** A segment whose fields are cut when they are asked for, once. */
export class ParsedSegment implements Segment {
  readonly name: string;
  readonly ordinal: number;
  readonly position: number;
  readonly #raw: string;
  readonly #notation: Notation;
  #fields: readonly string[] | undefined;
  readonly #cells = new Map<number, readonly Part[]>();

  /** @param raw All of the segment, from its name on. */
  constructor(
    raw: string,
    notation: Notation,
    place: { readonly ordinal: number; readonly position: number },
  ) {
    this.name = raw.slice(0, 3);
    this.ordinal = place.ordinal;
    this.position = place.position;
    this.#raw = raw;
    this.#notation = notation;
  }

  get size(): number {
    return this.#all().length - 1;
  }

  field(number: number): readonly Cell[] {
    return this.#parts(number);
  }

  first(number: number): Cell {
    return this.#parts(number)[0] ?? new Part('', this.#pathOf(number, 0), this.#notation);
  }

  /** Adds the paths of populated leaves that nobody read; all of the segment by its name once `list` has `most`. */
  listUnread(list: string[], most: number): void {
    const found: string[] = [];
    for (let number = this.#isHeader() ? 3 : 1; number <= this.size; number += 1) {
      const isSetId = number === 1 && /^\s*\d+\s*$/.test(this.#rawField(number));
      for (const part of isSetId ? [] : this.#parts(number)) {
        part.listUnread(found, most - list.length);
      }
    }
    if (list.length + found.length < most) {
      list.push(...found);
    } else if (found.length > 0) {
      list.push(this.#path());
    }
  }

  #parts(number: number): readonly Part[] {
    const known = this.#cells.get(number);
    if (known !== undefined) {
      return known;
    }
    const parts = this.#repetitions(number).map((raw, index) => this.#part(raw, number, index));
    this.#cells.set(number, parts);
    return parts;
  }

  #part(raw: string, number: number, index: number): Part {
    const path = this.#pathOf(number, index);
    if (!this.#declares(number)) {
      return new Part(raw, path, this.#notation);
    }
    const literal = { ...this.#notation.delimiters, escape: undefined };
    return new Part(raw, path, { ...this.#notation, delimiters: literal }, 2);
  }

  /** None where nothing but separators stands. */
  #repetitions(number: number): readonly string[] {
    const raw = this.#rawField(number);
    const { repetition, component, subcomponent } = this.#notation.delimiters;
    if (this.#declares(number)) {
      return raw === '' ? [] : [raw];
    }
    const content = [repetition, component, subcomponent]
      .filter((separator) => separator !== '')
      .reduce((rest, separator) => rest.replaceAll(separator, ''), raw);
    if (content.trim() === '') {
      return [];
    }
    return repetition === '' ? [raw] : raw.split(repetition);
  }

  #rawField(number: number): string {
    return (number >= 1 ? this.#all()[number] : undefined) ?? '';
  }

  /** By their numbers; the name is number 0. In a header the separator itself is number 1. */
  #all(): readonly string[] {
    if (this.#fields === undefined) {
      const { field } = this.#notation.delimiters;
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

  #path(): string {
    return this.ordinal === 1 ? this.name : `${this.name}(${this.ordinal})`;
  }

  #pathOf(number: number, index: number): string {
    return `${this.#path()}-${number}${index === 0 ? '' : `[${index + 1}]`}`;
  }
}
