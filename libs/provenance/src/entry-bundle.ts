import { GatewayError } from '#outcome';
import { TILE_WIDTH } from './tile-path.js';

const MAX_ENTRY_BYTES = 0xffff;

/** An entry bundle of tlog-tiles: each entry after its length as a big-endian u16. At most 256 entries. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  const tooLarge = entries.some((entry) => entry.length > MAX_ENTRY_BYTES);
  if (tooLarge || entries.length > TILE_WIDTH)
    throw new GatewayError('too-large', { details: 'entry bundle' });
  return Buffer.concat(
    entries.flatMap((entry) => [Buffer.from([entry.length >> 8, entry.length & 0xff]), entry]),
  );
}

/** @throws GatewayError `malformed` where the bytes end within an entry, or hold more than 256. */
export function decodeEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < buffer.length;) {
    const start = at + 2;
    const end = start > buffer.length ? Number.POSITIVE_INFINITY : start + buffer.readUInt16BE(at);
    if (end > buffer.length || entries.length === TILE_WIDTH) {
      throw new GatewayError('malformed', { details: 'entry bundle' });
    }
    entries.push(buffer.subarray(start, end));
    at = end;
  }
  return entries;
}
