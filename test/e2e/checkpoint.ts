import { createHash } from 'node:crypto';
import { decodeEntryBundle, parseCheckpointText, parseNote, tilePath, tileWidth } from '#provenance';
import type { Asked } from './system.js';

/** A published checkpoint: its text and what it says. */
export interface Checkpoint {
  readonly text: string;
  readonly size: bigint;
}

/** The newest published checkpoint of a running system. */
export async function checkpointOf(system: Pick<Asked, 'ask'>): Promise<Checkpoint> {
  const { status, text } = await system.ask('/log/default/checkpoint');
  if (status !== 200) throw new Error(`The checkpoint is answered with ${status}.`);
  return { text, size: parseCheckpointText(parseNote(text).text).size };
}

/** The entries of a published log up to a size, from its bundles. */
export async function entriesOf(system: Pick<Asked, 'bytes'>, size: bigint): Promise<readonly Uint8Array[]> {
  const entries: Uint8Array[] = [];
  for (let index = 0n; tileWidth(0, index, size) > 0; index += 1n) {
    const width = tileWidth(0, index, size);
    const path = tilePath({ level: 'entries', index, width });
    // oxlint-disable-next-line no-await-in-loop -- one bundle after the other
    entries.push(...decodeEntryBundle(await system.bytes(`/log/default/${path}`)));
  }
  return entries;
}

/** Leaf hash (hex) of an entry. RFC 6962, 2.1, written out: the test must not trust what it tests. */
export function leafOf(entry: Uint8Array): string {
  return createHash('sha256').update(Buffer.of(0)).update(entry).digest('hex');
}
