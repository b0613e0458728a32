/**
 * Reads an array of texts as PostgreSQL writes it. Facts and rules are such arrays, and hardly ever need quotes: those
 * are split, which costs a tenth of reading them letter by letter.
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function parseTextArray(text: string): readonly (string | null)[] {
  if (text === '{}') {
    return [];
  }
  if (!text.includes('"')) {
    return text.slice(1, -1).split(',').map(unquoted);
  }
  return [...text.slice(1, -1).matchAll(ELEMENT)].map(([element, quoted]) =>
    quoted === undefined ? unquoted(element) : quoted.replaceAll(ESCAPED, '$1'),
  );
}

/** A quoted element, without its quotes, or a bare one. */
const ELEMENT = /"((?:[^"\\]|\\.)*)"|[^,]+/gs;
const ESCAPED = /\\(.)/gs;

function unquoted(element: string): string | null {
  return element === 'NULL' ? null : element;
}
