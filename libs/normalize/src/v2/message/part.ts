import { unescape, type Notation } from './unescape.js';
import type { Cell } from './message.js';

/** Two characters that mean: delete. */
const NULL = '""';

/** A repetition (depth 0), component (1) or subcomponent (2). What is below it is cut when it is asked for, once. */
export class Part implements Cell {
  readonly raw: string;
  readonly path: string;
  readonly #depth: number;
  readonly #notation: Notation;
  #below: readonly Part[] | undefined;
  #read = false;

  constructor(raw: string, path: string, notation: Notation, depth = 0) {
    this.raw = raw;
    this.path = path;
    this.#notation = notation;
    this.#depth = depth;
  }

  get isEmpty(): boolean {
    return this.#content() === '';
  }

  /** Also where the first leaf says so and nothing else stands here: `""^""`. */
  get isNull(): boolean {
    const content = this.#content();
    return content.startsWith(NULL) && this.raw.trimStart().startsWith(NULL) && isAllNull(content);
  }

  get parts(): number {
    return Math.max(1, this.#cut().length);
  }

  at(part: number): Cell {
    const found = this.#cut()[part - 1];
    if (found !== undefined) {
      return found;
    }
    return part === 1 ? this : new Part('', `${this.path}.${part}`, this.#notation, this.#depth + 1);
  }

  value(): string | undefined {
    const [first] = this.#cut();
    if (first !== undefined) {
      return first.value();
    }
    this.#read = true;
    return this.isNull ? undefined : textOrNone(unescape(this.raw, this.#notation).trim());
  }

  text(): string | undefined {
    this.#read = true;
    return this.isNull || this.isEmpty ? undefined : textOrNone(unescape(this.raw, this.#notation).trimEnd());
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
    this.#below ??= this.#separators().some((separator) => this.raw.includes(separator))
      ? this.#pieces().map(
          (raw, index) => new Part(raw, `${this.path}.${index + 1}`, this.#notation, this.#depth + 1),
        )
      : [];
    return this.#below;
  }

  #pieces(): readonly string[] {
    const [separator = ''] = this.#separators();
    return this.raw.split(separator);
  }

  /** What separates parts at this depth and below. */
  #separators(): readonly string[] {
    const { component, subcomponent } = this.#notation.delimiters;
    const all = [component, subcomponent].slice(this.#depth);
    return all.filter((separator) => separator !== '');
  }

  /** What stands here, without separators and the space around. */
  #content(): string {
    return this.#separators()
      .reduce((raw, separator) => raw.replaceAll(separator, ''), this.raw)
      .trim();
  }
}

/** True of nothing, too. */
function isAllNull(content: string): boolean {
  return content.replaceAll(NULL, '').trim() === '';
}

function textOrNone(text: string): string | undefined {
  return text === '' ? undefined : text;
}
