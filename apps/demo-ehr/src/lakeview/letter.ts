/** A message as it is sent: always the same bytes, however often. */
export interface Letter {
  /** MSH-10; empty where the bytes have none. */
  readonly controlId: string;
  /** MSH-9, `ADT^A28`; empty where the bytes have none. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** What was answered. */
export interface Acknowledgement {
  /** MSA-1: AA, AE or AR, or CA, CE or CR. */
  readonly code: string;
  /** MSA-2. */
  readonly controlId: string;
  readonly text: string;
}

/** A letter of bytes that somebody else wrote. */
export function letterOf(bytes: Uint8Array): Letter {
  const fields = headerOf(Buffer.from(bytes).toString('latin1'));
  return { controlId: fields[9] ?? '', type: fields[8] ?? '', bytes };
}

/** What an answer says; `undefined` where it has no MSA. */
export function acknowledgementOf(frame: Uint8Array): Acknowledgement | undefined {
  const text = Buffer.from(frame).toString('latin1');
  const separator = text[3] ?? '|';
  const line = text.split(/[\r\n]+/).find((each) => each.startsWith(`MSA${separator}`));
  const [, code = '', controlId = ''] = line?.split(separator) ?? [];
  return line === undefined ? undefined : { code, controlId, text };
}

/** MSH split at its separator, from the segment's name on. */
function headerOf(text: string): readonly string[] {
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  return line.startsWith('MSH') ? line.split(line[3] ?? '|') : [];
}
