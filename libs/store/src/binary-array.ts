/** Type ids of `text` and `bytea`, the same in every Postgres. */
const ELEMENT_TYPES = { text: 25, bytea: 17 } as const;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

/** What an array parameter may be made of. */
export type ArrayElement = keyof typeof ELEMENT_TYPES;

/**
 * A one-dimensional array in the binary form of Postgres, for a parameter of type `text[]` or `bytea[]`. As text each value
 * would be quoted here and parsed there, and bytes would travel as hexadecimal digits.
 * @see https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/utils/adt/arrayfuncs.c array_recv
 */
export function binaryArray(element: ArrayElement, values: readonly (string | Uint8Array | null)[]): Buffer {
  let size = HEADER_BYTES;
  const lengths = values.map((value) => {
    const length = value === null ? NULL_LENGTH : lengthOf(value);
    size += LENGTH_BYTES + Math.max(length, 0);
    return length;
  });
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.writeInt32BE(1);
  at = bytes.writeInt32BE(values.includes(null) ? 1 : 0, at);
  at = bytes.writeInt32BE(ELEMENT_TYPES[element], at);
  at = bytes.writeInt32BE(values.length, at);
  at = bytes.writeInt32BE(1, at);
  for (const [index, value] of values.entries()) {
    at = bytes.writeInt32BE(lengths[index] ?? NULL_LENGTH, at);
    if (typeof value === 'string') at += bytes.write(value, at);
    else if (value !== null) {
      bytes.set(value, at);
      at += value.length;
    }
  }
  return bytes;
}

function lengthOf(value: string | Uint8Array): number {
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length;
}
