import { GatewayError } from '#outcome';
import { Decimal, fromBase64, type JsonObject, type JsonValue } from '#digest';

const COUNTER = /^(?:0|[1-9]\d{0,18})$/;

/** Reads the members of a JSON object by type; each reader throws `malformed` where the member is not of it. */
export class JsonFields {
  readonly #object: JsonObject;
  readonly #what: string;

  /** @param what Named in the error, never with content. */
  constructor(value: JsonValue | undefined, what: string) {
    if (!isObject(value)) throw malformed(what);
    this.#object = value;
    this.#what = what;
  }

  text(name: string): string {
    const value = this.#object[name];
    if (typeof value !== 'string') throw malformed(`${this.#what}.${name}`);
    return value;
  }

  /** A string or null. */
  textOrNull(name: string): string | null {
    return this.#object[name] === null ? null : this.text(name);
  }

  /** `undefined` where the member is absent. */
  optionalText(name: string): string | undefined {
    return this.#object[name] === undefined ? undefined : this.text(name);
  }

  /** A decimal string: an unsigned integer below 10^19. */
  counter(name: string): bigint {
    const value = this.text(name);
    if (!COUNTER.test(value)) throw malformed(`${this.#what}.${name}`);
    return BigInt(value);
  }

  /** A number that is an unsigned 32-bit integer. */
  number(name: string): number {
    const value = this.#object[name];
    const usable = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32;
    if (!usable) throw malformed(`${this.#what}.${name}`);
    return value;
  }

  bytes(name: string): Uint8Array {
    return fromBase64(this.text(name));
  }

  /** `undefined` where the member is absent. */
  optionalBytes(name: string): Uint8Array | undefined {
    return this.#object[name] === undefined ? undefined : this.bytes(name);
  }

  /** The members of an object; `undefined` where it is absent. */
  optional(name: string): JsonFields | undefined {
    const value = this.#object[name];
    return value === undefined ? undefined : new JsonFields(value, `${this.#what}.${name}`);
  }

  /** A list; absent is empty. */
  list(name: string): readonly JsonValue[] {
    const value = this.#object[name] ?? [];
    if (!isList(value)) throw malformed(`${this.#what}.${name}`);
    return value;
  }

  texts(name: string): string[] {
    return this.list(name).map((value) => {
      if (typeof value !== 'string') throw malformed(`${this.#what}.${name}`);
      return value;
    });
  }

  hashes(name: string): Uint8Array[] {
    return this.texts(name).map(fromBase64);
  }

  /** The members of each object of a list. */
  each(name: string): JsonFields[] {
    return this.list(name).map((value) => new JsonFields(value, `${this.#what}.${name}`));
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  const simple = value === undefined || value === null || typeof value !== 'object';
  return !simple && !(value instanceof Decimal) && !isList(value);
}

function malformed(what: string): GatewayError {
  return new GatewayError('malformed', { details: what });
}
