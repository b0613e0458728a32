/** What `proviso convert` can read. */
export const FORMATS = ['v2', 'fhir-r4'] as const;

/** A dialect, as `--format` names it. */
export type Format = (typeof FORMATS)[number];

const HEAD_BYTES = 4_096;
/** The format of a payload by its first characters; `undefined` where it is none that is known. */
export function detectFormat(bytes: Uint8Array): Format | undefined {
  // a byte order mark and the byte that begins a frame of MLLP count as white space
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)).trimStart();
  if (/^(MSH|BHS|FHS)/.test(head)) return 'v2';
  return head.startsWith('{') && namesResource(bytes) ? 'fhir-r4' : undefined;
}

/** Members have no order: the type may stand at the end. */
function namesResource(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('"resourceType"');
}
