import type { Cell, Delimiters } from './message.js';
import { unescape, type Notation } from './unescape.js';

/** Two characters that mean: delete. */
const NULL = '""';
const NO_PARTS: readonly Part[] = [];

/** How the cells of a message are written. */
export interface Grammar extends Notation {
  /** For each depth, what separates parts there and below it. */
  readonly separators: readonly (readonly string[])[];
}

/** What a cell is part of: a field, whose depth is -1, or another cell. */
export interface Whole {
  readonly path: string;
  readonly depth: number;
  readonly grammar: Grammar;
}

/** @param delimiters Those that are empty separate nothing. */
export function grammarOf(delimiters: Delimiters, charset: string): Grammar {
  const { component, subcomponent } = delimiters;
  const separators = [[component, subcomponent], [subcomponent], []].map((level) =>
    level.filter((separator) => separator !== ''),
  );
  return { delimiters, charset, separators };
}

/** A repetition (depth 0), component (1) or subcomponent (2). What is below it is cut when it is asked for, once. */
export class Part implements Cell {
  readonly raw: string;
  readonly #whole: Whole;
  readonly #index: number;
  #below: readonly Part[] | undefined;
  #read = false;

  /** @param index 0-based place within `whole`. */
  constructor(raw: string, whole: Whole, index: number) {
    this.raw = raw;
    this.#whole = whole;
    this.#index = index;
  }

  get path(): string {
    const { path, depth } = this.#whole;
    if (depth >= 0) {
      return `${path}.${this.#index + 1}`;
    }
    return this.#index === 0 ? path : `${path}[${this.#index + 1}]`;
  }

  get depth(): number {
    return this.#whole.depth + 1;
  }

  get grammar(): Grammar {
    return this.#whole.grammar;
  }

  get isEmpty(): boolean {
    return this.#content() === '';
  }

  /** Also where the first leaf says so and nothing else stands here: `""^""`. */
  get isNull(): boolean {
    return this.raw.trimStart().startsWith(NULL) && isAllNull(this.#content());
  }

  get parts(): number {
    return Math.max(1, this.#cut().length);
  }

  at(part: number): Cell {
    const found = this.#cut()[part - 1];
    if (found !== undefined) {
      return found;
    }
    return part === 1 ? this : new Part('', this, part - 1);
  }

  value(): string | undefined {
    const [first] = this.#cut();
    if (first !== undefined) {
      return first.value();
    }
    this.#read = true;
    return this.isNull ? undefined : textOrNone(unescape(this.raw, this.grammar).trim());
  }

  text(): string | undefined {
    this.#read = true;
    return this.isNull || this.isEmpty ? undefined : textOrNone(unescape(this.raw, this.grammar).trimEnd());
  }

  skip(): void {
    this.#read = true;
  }

  /** Adds the paths of populated leaves that nobody read, until `list` has `most`. */
  listUnread(list: string[], most: number): void {
    if (this.#read || list.length >= most || isAllNull(this.#content())) {
      return;
    }
    const below = this.#cut();
    if (below.length === 0) {
      list.push(this.path);
    }
    for (const part of below) {
      part.listUnread(list, most);
    }
  }

  /** The parts below; none where this is a leaf. */
  #cut(): readonly Part[] {
    this.#below ??= this.#isLeaf() ? NO_PARTS : this.#pieces();
    return this.#below;
  }

  #pieces(): readonly Part[] {
    const [separator = ''] = this.#separators();
    return this.raw.split(separator).map((raw, index) => new Part(raw, this, index));
  }

  #isLeaf(): boolean {
    return !this.#separators().some((separator) => this.raw.includes(separator));
  }

  #separators(): readonly string[] {
    return this.grammar.separators[this.depth] ?? [];
  }

  /** What stands here, without separators and the space around. */
  #content(): string {
    return withoutAll(this.raw, this.#separators());
  }
}

/** A text without separators and the space around. */
export function withoutAll(raw: string, separators: readonly string[]): string {
  let rest = raw;
  for (const separator of separators) {
    rest = rest.includes(separator) ? rest.replaceAll(separator, '') : rest;
  }
  return rest.trim();
}

/** True of nothing, too. */
function isAllNull(content: string): boolean {
  return content === '' || (content.startsWith(NULL) && content.replaceAll(NULL, '').trim() === '');
}

function textOrNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}
