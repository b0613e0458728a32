import type { Delimiters } from './message.js';

/**
 * Writes a text so that `unescape` gives it back: delimiters, line ends and other control characters become escapes. Without
 * an escape character delimiters and line ends become spaces.
 */
export function escape(text: string, delimiters: Delimiters): string {
  const mark = delimiters.escape;
  const letters = new Map(
    lettersOf(delimiters).map(([letter, character]): [string, string] => [character, letter]),
  );
  return Array.from(text, (character) => {
    const letter = letters.get(character);
    const control = character < ' ' && character !== '\t';
    if (letter === undefined && !control) {
      return character;
    }
    const hex = `X${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    return mark === undefined ? ' ' : `${mark}${letter ?? hex}${mark}`;
  }).join('');
}

/** Letters that stand for delimiters in escapes, for those that the message has. */
export function lettersOf(delimiters: Delimiters): readonly (readonly [letter: string, character: string])[] {
  const letters: readonly (readonly [string, string | undefined])[] = [
    ['F', delimiters.field],
    ['S', delimiters.component],
    ['T', delimiters.subcomponent],
    ['R', delimiters.repetition],
    ['E', delimiters.escape],
    ['P', delimiters.truncation],
  ];
  return letters.flatMap(([letter, character]) =>
    character === undefined || character === '' ? [] : [[letter, character] as const],
  );
}
