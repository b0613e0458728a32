/** A section of a page; nothing where it has no text. */
export function section(title: string, text: string): string {
  return text === '' ? '' : `## ${title}\n\n${text}`;
}

/** The lines of a table; none where it has no rows. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
