/** Parts as one key: a single one as it is, several so that no two lists give the same text. */
export function keyOfParts(parts: readonly string[]): string {
  const [only = ''] = parts;
  return parts.length === 1 ? only : parts.map(escaped).join('~');
}

function escaped(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('~', '%7E');
}
