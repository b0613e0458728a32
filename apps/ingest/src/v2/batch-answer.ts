const ENVELOPE = /^[\s\p{Cc}\u00ef\u00bb\u00bf]*(FHS|BHS)/u;
/** What of a payload may precede its first segment. */
const LOOKED_AT = 64;
/** MSH-2 to MSH-7 stand where BHS-2 to BHS-7 do. */
const BHS_FIELDS = 6;

/**
 * The answers to the messages of one frame, as the payload of one frame: a sender that awaits one frame for each of its own
 * is not put out of step. One after the other, in the order of the messages; within BHS and BTS where these came in a
 * batch.
 *
 * @returns `undefined` where there are none.
 * @see HL7 v2.8.2, chapter 2.10.3
 */
export function batchAnswer(payload: Uint8Array, answers: readonly Uint8Array[]): Uint8Array | undefined {
  const [first, ...more] = answers;
  if (first === undefined) return undefined;
  const start = Buffer.from(payload.subarray(0, LOOKED_AT)).toString('latin1');
  if (!ENVELOPE.test(start)) return more.length === 0 ? first : Buffer.concat(answers);
  const header = Buffer.from(first).toString('latin1').split('\r', 1)[0] ?? '';
  const separator = header.charAt(3);
  const fields = header.split(separator).slice(1, BHS_FIELDS + 1);
  const line = (...parts: readonly string[]) => Buffer.from(`${parts.join(separator)}\r`, 'latin1');
  return Buffer.concat([line('BHS', ...fields), ...answers, line('BTS', String(answers.length))]);
}
