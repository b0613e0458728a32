import { wideCharset } from './decode.js';
import { V2_LIMITS } from './limits.js';

/** At the start of a line, behind framing, a byte order mark or indentation: a message's header or a part of an envelope. */
const MARK =
  /(?<start>^|[\r\n])(?:(?![\r\n])[\s\p{Cc}\u00ef\u00bb\u00bf])*(?<name>MSH|FHS|BHS|BTS|FTS)(?![A-Za-z0-9])/gu;

/** Where something begins. */
interface Mark {
  /** Offset in bytes. */
  readonly from: number;
  readonly isMessage: boolean;
}

/**
 * The single messages in a payload: several after each other, or in a batch or a file of batches, whose headers and trailers
 * are left out. Bytes are neither changed nor put in another order; what precedes the first message stays with it, and
 * what follows the `V2_LIMITS.batch`-th with that.
 *
 * @returns Views of `bytes`. The payload itself where it is one message without an envelope, or none at all.
 * @see HL7 v2.8.2, chapter 2.10.3
 */
export function splitBatch(bytes: Uint8Array): readonly Uint8Array[] {
  const marks = marksOf(bytes);
  const messages = marks.flatMap((mark, index) => {
    const from = index === 0 ? 0 : mark.from;
    return mark.isMessage ? [bytes.subarray(from, marks[index + 1]?.from)] : [];
  });
  return marks.length < 2 || messages.length === 0 ? [bytes] : messages;
}

function marksOf(bytes: Uint8Array): readonly Mark[] {
  const wide = wideCharset(bytes);
  // One character for each byte, or pair of bytes: an index in the text is a place in the bytes.
  const text =
    wide === undefined
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      : new TextDecoder(wide, { ignoreBOM: true }).decode(bytes);
  const width = wide === undefined ? 1 : 2;
  const marks: Mark[] = [];
  let messages = 0;
  for (const { index, groups } of text.matchAll(MARK)) {
    const isMessage = groups?.['name'] === 'MSH';
    messages += isMessage ? 1 : 0;
    if (messages > V2_LIMITS.batch) {
      break;
    }
    marks.push({ from: (index + (groups?.['start'] ?? '').length) * width, isMessage });
  }
  return marks;
}
