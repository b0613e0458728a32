import { GatewayError } from '#outcome';
import { Decimal, type JsonValue } from './json.js';

/** Arrays and objects may nest this deep, counting the outermost. */
const MAX_DEPTH = 128;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const LOWER_E = 0x65;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** An integer of at most this many digits is exact in a double and prints as it was written. */
const PLAIN_DIGITS = 15;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const HEX4 = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string | undefined>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** `ignoreBOM` keeps a byte order mark in the text, where the grammar refuses it. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON text as RFC 8259 and I-JSON (RFC 7493) allow, losing nothing: numbers keep their text, see `Decimal`.
 *
 * Refuses what parsers elsewhere disagree on: duplicate member names, lone surrogates, invalid UTF-8, a byte order mark,
 * numbers beyond a double's range, nesting deeper than 128, and anything after the value.
 * Member order is kept, except that names that are array indices come first, as everywhere in JavaScript.
 *
 * @param input UTF-8 bytes, or text already decoded.
 * @throws GatewayError `malformed`; the message names the fault and its offset (in UTF-16 units), never content.
 */
export function parseStrict(input: Uint8Array | string): JsonValue {
  const text = typeof input === 'string' ? input : decode(input);
  if (typeof input === 'string' && !input.isWellFormed()) throw fault('lone surrogate', 0);
  return new Scanner(text).document();
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new GatewayError('malformed', { details: 'JSON is not valid UTF-8', cause });
  }
}

function fault(reason: string, offset: number): GatewayError {
  return new GatewayError('malformed', { details: `JSON at ${offset}: ${reason}` });
}

/** One pass over the text by recursive descent. */
class Scanner {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonValue {
    const value = this.value();
    if (!Number.isNaN(this.peek())) throw fault('text after the value', this.at);
    return value;
  }

  /** The next character's code after white space; NaN at the end. */
  private peek(): number {
    let code = this.text.charCodeAt(this.at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.at += 1;
      code = this.text.charCodeAt(this.at);
    }
    return code;
  }

  private value(): JsonValue {
    const code = this.peek();
    if (code === QUOTE) return this.string();
    if (code === OPEN_BRACE) return this.object();
    if (code === OPEN_BRACKET) return this.array();
    if (code === MINUS || (code >= ZERO && code <= NINE)) return this.number();
    return this.literal();
  }

  private literal(): boolean | null {
    if (this.text.startsWith('true', this.at)) {
      this.at += 4;
      return true;
    }
    if (this.text.startsWith('false', this.at)) {
      this.at += 5;
      return false;
    }
    if (this.text.startsWith('null', this.at)) {
      this.at += 4;
      return null;
    }
    throw fault('no value', this.at);
  }

  private object(): JsonValue {
    this.enter();
    const object: Record<string, JsonValue> = {};
    if (this.peek() === CLOSE_BRACE) return this.leave(object);
    for (;;) {
      if (this.peek() !== QUOTE) throw fault('no member name', this.at);
      const start = this.at;
      const name = this.string();
      if (object[name] !== undefined && Object.hasOwn(object, name)) {
        throw fault('duplicate member name', start);
      }
      if (this.peek() !== COLON) throw fault('no colon', this.at);
      this.at += 1;
      const value = this.value();
      if (name === '__proto__') defineOwn(object, name, value);
      else object[name] = value;
      if (!this.separator(CLOSE_BRACE)) return this.leave(object);
    }
  }

  private array(): JsonValue {
    this.enter();
    const array: JsonValue[] = [];
    if (this.peek() === CLOSE_BRACKET) return this.leave(array);
    for (;;) {
      array.push(this.value());
      if (!this.separator(CLOSE_BRACKET)) return this.leave(array);
    }
  }

  private enter(): void {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw fault('nested too deep', this.at);
    this.at += 1;
  }

  private leave(value: JsonValue): JsonValue {
    this.depth -= 1;
    this.at += 1;
    return value;
  }

  /** Passes a comma and says so; false before the closing bracket. */
  private separator(close: number): boolean {
    const code = this.peek();
    if (code === close) return false;
    if (code !== COMMA) throw fault('no comma or end', this.at);
    this.at += 1;
    return true;
  }

  private string(): string {
    const { text } = this;
    const start = this.at + 1;
    for (let at = start; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return text.slice(start, at);
      }
      if (code === BACKSLASH) return this.escaped(start, at);
      // written so that NaN, the end of the text, fails too
      if (!(code >= 0x20)) throw fault('string not ended, or a control character in it', at);
    }
  }

  /** The rest of a string from its first escape on. */
  private escaped(start: number, firstEscape: number): string {
    const { text } = this;
    let result = '';
    let from = start;
    for (let at = firstEscape; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        result += text.slice(from, at);
        if (!result.isWellFormed()) throw fault('lone surrogate', start);
        this.at = at + 1;
        return result;
      }
      if (code === BACKSLASH) {
        result += text.slice(from, at) + this.escape(at + 1);
        at += text[at + 1] === 'u' ? 5 : 1;
        from = at + 1;
      } else if (!(code >= 0x20)) throw fault('string not ended, or a control character in it', at);
    }
  }

  private escape(at: number): string {
    const letter = this.text[at] ?? '';
    if (letter === 'u') {
      const digits = this.text.slice(at + 1, at + 5);
      if (!HEX4.test(digits)) throw fault('bad escape', at);
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (character === undefined) throw fault('bad escape', at);
    return character;
  }

  private number(): number | Decimal {
    return this.plainInteger() ?? this.anyNumber();
  }

  /** The common case without a regular expression; `undefined` leaves the position as it was. */
  private plainInteger(): number | undefined {
    const { text, at: start } = this;
    let value = 0;
    let at = start;
    let code = text.charCodeAt(at);
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      at += 1;
      code = text.charCodeAt(at);
    }
    const digits = at - start;
    const leadingZero = digits > 1 && text.charCodeAt(start) === ZERO;
    const goesOn = code === DOT || (code | 0x20) === LOWER_E;
    if (digits === 0 || digits > PLAIN_DIGITS || leadingZero || goesOn) return undefined;
    this.at = at;
    return value;
  }

  private anyNumber(): number | Decimal {
    NUMBER.lastIndex = this.at;
    const token = NUMBER.exec(this.text)?.[0];
    if (token === undefined) throw fault('bad number', this.at);
    const number = Number(token);
    if (!Number.isFinite(number)) throw fault('number out of range', this.at);
    this.at += token.length;
    return String(number) === token ? number : new Decimal(token);
  }
}

/** A plain assignment to `__proto__` would change the prototype instead. */
function defineOwn(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
