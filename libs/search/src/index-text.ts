/**
 * Text as it is compared without regard to case and accents: NFD, combining marks stripped, lower case, white space as one
 * blank. Rows and queries MUST both go through it.
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export function foldText(text: string): string {
  const plain = ASCII.test(text) ? text : text.normalize('NFD').replaceAll(/\p{M}/gu, '');
  return plain.toLowerCase().replaceAll('ς', 'σ').replaceAll(/\s+/g, ' ').trim();
}

const ASCII = /^[\x20-\x7e]*$/;

/**
 * UTF-16 units of an indexed string and of a code, system or URI. An index entry of the database holds 2,704 bytes, and a
 * unit takes three at most. Longer strings are cut; longer codes and URIs get no row, since a cut one would match others.
 */
export const MAX_STRING = 800;
export const MAX_CODE = 400;

/** Whether a code, system or URI can be indexed. NUL cannot be stored in a text column. */
export function isIndexable(text: string): boolean {
  return text !== '' && text.length <= MAX_CODE && !text.includes('\0');
}

/** A string as it is indexed: without NUL, cut to length. */
export function cutText(text: string): string {
  const clean = text.includes('\0') ? text.replaceAll('\0', ' ') : text;
  return clean.length <= MAX_STRING ? clean : clean.slice(0, MAX_STRING).toWellFormed();
}
