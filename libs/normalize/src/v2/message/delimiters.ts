import type { Delimiters } from './message.js';

/** One printable ASCII character that is no letter, digit or quotation mark (`""` means delete). */
const DELIMITER = /^[!#-/:-@[-`{-~]$/;
/** Up to five such characters. */
const LONGEST = 5;

/** The delimiters that nearly everybody uses, for answers to what declares none. */
export const USUAL_DELIMITERS: Delimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
  truncation: undefined,
};

/**
 * The delimiters that a header declares. One that it leaves out is the empty text, which separates nothing.
 *
 * @param header The text from `MSH` on.
 * @returns `undefined` where it declares no component separator, the same character twice, or one that is no delimiter.
 * @see HL7 v2.8.2, chapter 2.5.4
 */
export function delimitersOf(header: string): Delimiters | undefined {
  const field = header.charAt(3);
  const [declared = ''] = header.slice(4, 5 + LONGEST).split(field === '' ? '|' : field);
  const characters = [field, ...declared.split('')];
  const sound = characters.every((character) => DELIMITER.test(character));
  const distinct = new Set(characters).size === characters.length;
  const sized = declared !== '' && declared.length <= LONGEST;
  return sound && distinct && sized ? { field, ...partDelimiters(declared) } : undefined;
}

function partDelimiters(declared: string): Omit<Delimiters, 'field'> {
  // `^~&`: some senders have no escape character, and leave it out from the middle.
  const withoutEscape = declared.length === 3 && declared.endsWith('&');
  return {
    component: declared.charAt(0),
    repetition: declared.charAt(1),
    escape: withoutEscape ? undefined : declared[2],
    subcomponent: declared.charAt(withoutEscape ? 2 : 3),
    truncation: declared[4],
  };
}

/**
 * Delimiters to look for a control id with, in a header that declares them badly: its own separator of fields where it is
 * one, the usual ones below.
 */
export function assumedDelimiters(header: string): Delimiters {
  const field = header.charAt(3);
  const { component, repetition, escape, subcomponent } = USUAL_DELIMITERS;
  const taken = [component, repetition, escape, subcomponent].includes(field);
  return { ...USUAL_DELIMITERS, field: DELIMITER.test(field) && !taken ? field : USUAL_DELIMITERS.field };
}
