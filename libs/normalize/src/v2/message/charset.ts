/** A character set that MSH-18 names: by its WHATWG label, or one that we cannot decode. */
export type NamedCharset =
  { readonly kind: 'known'; readonly label: string } | { readonly kind: 'unreadable' };

/** Names of HL7 table 0211, without spaces, dashes and underscores → WHATWG label. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['ASCII', 'us-ascii'],
  ['USASCII', 'us-ascii'],
  ['ISOIR6', 'us-ascii'],
  ['UNICODEUTF8', 'utf-8'],
  ['UTF8', 'utf-8'],
  // Withdrawn: the code set without an encoding. UTF-16 gives itself away by its first bytes.
  ['UNICODE', 'utf-8'],
  ['UNICODEUTF16', 'utf-16be'],
  ['UTF16', 'utf-16be'],
  ['UTF16LE', 'utf-16le'],
  ['UTF16BE', 'utf-16be'],
  ['ISOIR14', 'iso-2022-jp'],
  ['ISOIR87', 'iso-2022-jp'],
  ['JAS2020', 'iso-2022-jp'],
  ['GB180302000', 'gb18030'],
  ['GB18030', 'gb18030'],
  ['KSX1001', 'euc-kr'],
  ['BIG5', 'big5'],
  ['WINDOWS1252', 'windows-1252'],
  ['CP1252', 'windows-1252'],
]);

/** In table 0211, but in no decoder of ours. */
const UNREADABLE: ReadonlySet<string> = new Set([
  'UNICODEUTF32',
  'UTF32',
  'ISOIR159',
  'CNS116431992',
  'JISX0202',
]);

/** `8859/1`, `ISO-8859-15`, `ISO8859/2`. There is no part 12. */
const LATIN = /^(?:ISO)?8859\/?(1[013-6]|[1-9])$/;

/**
 * The character set of a name of HL7 table 0211, or of the spellings that senders use instead.
 *
 * @returns `undefined` where the name is none.
 */
export function charsetNamed(name: string): NamedCharset | undefined {
  const key = name.toUpperCase().replaceAll(/[\s_-]/g, '');
  if (UNREADABLE.has(key)) {
    return { kind: 'unreadable' };
  }
  const part = LATIN.exec(key.replace(/^(ISO)?8859(?=\d)/, '8859/'))?.[1];
  const label = part === undefined ? LABELS.get(key) : labelOfPart(part);
  return label === undefined ? undefined : { kind: 'known', label };
}

/** Parts 1, 9 and 11 are read as the Windows code pages that contain them, as the Encoding Standard does. */
function labelOfPart(part: string): string {
  const pages: Readonly<Record<string, string>> = {
    '1': 'windows-1252',
    '9': 'windows-1254',
    '11': 'windows-874',
  };
  return pages[part] ?? `iso-8859-${part}`;
}
