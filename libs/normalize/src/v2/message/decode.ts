import { charsetNamed } from './charset.js';

/** Decoded bytes. */
export interface Decoded {
  readonly text: string;
  /** WHATWG label. */
  readonly charset: string;
  /** The bytes are not what MSH-18, or the sender's profile, says; or some could not be decoded. */
  readonly disputed: boolean;
  /** Some bytes stand as U+FFFD. */
  readonly damaged: boolean;
}

const MULTIBYTE = /[^\0-\u007f]/;
const HEADER = /MSH([^\r\n])([^\r\n]*)/;
/** Bytes of a header that are looked at to find MSH-18. */
const HEADER_BYTES = 4096;

/**
 * Decodes a message by its byte order mark, else by what its bytes plainly are, else by MSH-18, whose repetitions are
 * alternatives, else by `fallback`. Bytes that fit nothing that is named are read as Windows-1252, or marked U+FFFD; both
 * are told.
 *
 * @param fallback WHATWG label where MSH-18 is empty.
 * @returns `undefined` where MSH-18 names a set of more than one byte that nothing here can decode.
 * @see HL7 table 0211; https://encoding.spec.whatwg.org
 */
export function decode(bytes: Uint8Array, fallback: string | undefined): Decoded | undefined {
  const wide = wideCharset(bytes);
  if (wide !== undefined) {
    return lenient(bytes, wide, false);
  }
  const names = declaredCharsets(bytes);
  const named = names.map(charsetNamed);
  const labels = named.flatMap((charset) => (charset?.kind === 'known' ? [charset.label] : []));
  const candidates = labels.length === 0 ? knownLabels(fallback) : labels;
  // Something is declared, and nothing of it is known.
  const unknown = named.length > 0 && labels.length === 0;
  const found = plainly(bytes, candidates, unknown) ?? strictly(bytes, candidates, unknown);
  if (found !== undefined) {
    return found;
  }
  return named.some((charset) => charset?.kind === 'unreadable') ? undefined : leniently(bytes, candidates);
}

/** A label that no decoder knows counts as none. */
function knownLabels(fallback: string | undefined): readonly string[] {
  try {
    return fallback === undefined ? [] : [new TextDecoder(fallback).encoding];
  } catch {
    return [];
  }
}

/** UTF-16 by its byte order mark, or by the zeros beside the first two letters. */
export function wideCharset(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  if (start.startsWith('\u00ff\u00fe') || /^[^\0]\0[^\0]\0/.test(start)) {
    return 'utf-16le';
  }
  return start.startsWith('\u00fe\u00ff') || /^\0[^\0]\0[^\0]/.test(start) ? 'utf-16be' : undefined;
}

/** The names in MSH-18, read before anything is decoded: a header is ASCII where it matters. */
function declaredCharsets(bytes: Uint8Array): readonly string[] {
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, HEADER_BYTES));
  const [, separator = '', rest = ''] = HEADER.exec(head) ?? [];
  const fields = separator === '' ? [] : rest.split(separator);
  const repetition = fields[0]?.charAt(1) ?? '';
  const declared = fields[16] ?? '';
  const names = repetition === '' ? [declared] : declared.split(repetition);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** What the bytes are without doubt: shifted by escape sequences, ASCII, or UTF-8 with characters beyond it. */
function plainly(bytes: Uint8Array, candidates: readonly string[], unknown: boolean): Decoded | undefined {
  if (candidates.includes('iso-2022-jp') && bytes.includes(0x1b)) {
    return strict(bytes, 'iso-2022-jp', false);
  }
  const utf8 = strict(bytes, 'utf-8', false);
  if (utf8 === undefined) {
    return undefined;
  }
  if (!MULTIBYTE.test(utf8.text)) {
    return { ...utf8, charset: sevenBit(candidates[0]), disputed: unknown };
  }
  return { ...utf8, disputed: unknown || (candidates.length > 0 && !candidates.includes('utf-8')) };
}

/** All candidates extend ASCII; the first is what hexadecimal escapes are meant in. */
function sevenBit(label: string | undefined): string {
  return label === undefined || label === 'us-ascii' || label.startsWith('utf-16') ? 'utf-8' : label;
}

/** The first candidate that decodes every byte. */
function strictly(bytes: Uint8Array, candidates: readonly string[], disputed: boolean): Decoded | undefined {
  for (const label of candidates) {
    // To the Encoding Standard ASCII is Windows-1252, where a byte beyond 0x7f is none; UTF-16 would have shown itself.
    const excluded = label === 'us-ascii' || label.startsWith('utf-16');
    const found = excluded ? undefined : strict(bytes, label, disputed);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function strict(bytes: Uint8Array, label: string, disputed: boolean): Decoded | undefined {
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(bytes);
    return { text, charset: label, disputed, damaged: false };
  } catch {
    // Not of this character set, or a label that no decoder knows: both mean that it is not this one.
    return undefined;
  }
}

/**
 * Nothing fits. Text of mostly the declared character set is kept as such, with marks where bytes fail; otherwise
 * Windows-1252 has a character for each byte.
 */
function leniently(bytes: Uint8Array, candidates: readonly string[]): Decoded {
  const utf8 = lenient(bytes, 'utf-8', true);
  const someUtf8 = /[^\0-\u007f\ufffd]/.test(utf8.text);
  if (someUtf8 && (candidates.length === 0 || candidates.includes('utf-8'))) {
    return utf8;
  }
  return lenient(bytes, 'windows-1252', true);
}

function lenient(bytes: Uint8Array, charset: string, disputed: boolean): Decoded {
  const text = new TextDecoder(charset).decode(bytes);
  return { text, charset, disputed, damaged: text.includes('\ufffd') };
}
