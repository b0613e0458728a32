/** For each character set that has been asked for: its characters of one and two bytes. They never change. */
const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/**
 * A text in a character set.
 *
 * @param charset WHATWG label, as `decode` gives it.
 * @returns `undefined` where a character is not in it.
 */
export function bytesOf(text: string, charset: string): Uint8Array | undefined {
  switch (charset) {
    case 'utf-8':
      return Buffer.from(text, 'utf8');
    case 'utf-16le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16();
    default:
      return tabled(text, charset);
  }
}

function tabled(text: string, charset: string): Uint8Array | undefined {
  // Every other character set here extends ASCII.
  if (!/[^\0-\u007f]/.test(text)) {
    return Buffer.from(text, 'latin1');
  }
  const table = tableOf(charset);
  const bytes: number[] = [];
  for (const character of text) {
    const found = character < '\u0080' ? [character.charCodeAt(0)] : table.get(character);
    if (found === undefined) {
      return undefined;
    }
    bytes.push(...found);
  }
  return Uint8Array.from(bytes);
}

function tableOf(charset: string): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(charset);
  if (known !== undefined) {
    return known;
  }
  const made = new Map<string, readonly number[]>();
  for (const sequence of charset === 'us-ascii' || charset === 'iso-2022-jp' ? [] : sequences()) {
    const text = decodeOne(sequence, charset);
    if (text !== undefined && !made.has(text)) {
      made.set(text, sequence);
    }
  }
  tables.set(charset, made);
  return made;
}

/** All bytes beyond ASCII, alone and followed by another. */
function sequences(): readonly (readonly number[])[] {
  const high = Array.from({ length: 0x80 }, (_, index) => 0x80 + index);
  const trail = Array.from({ length: 0xbf }, (_, index) => 0x40 + index);
  return [...high.map((byte) => [byte]), ...high.flatMap((byte) => trail.map((second) => [byte, second]))];
}

/** The one character that a sequence stands for. */
function decodeOne(sequence: readonly number[], charset: string): string | undefined {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(Uint8Array.from(sequence));
    return Array.from(text).length === 1 ? text : undefined;
  } catch {
    return undefined;
  }
}
