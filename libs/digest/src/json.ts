/** A number whose text a double cannot reproduce (`1.10`, `120.00`, 2^60). Kept as written; FHIR says precision is significant. */
export class Decimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }
}

/** JSON as parsed by `parseStrict`: a number is a `number` where String(n) gives back its text, else a `Decimal`. */
export type JsonValue = null | boolean | number | string | Decimal | readonly JsonValue[] | JsonObject;

/** A JSON object; member order is that of the input. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** Whether a value that is an object is a list: `Array.isArray` forgets what the items of a readonly one are. */
export function isArray(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
