import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Hex } from '#consent';
import { isHex } from '../hex.js';
import { replaceFile } from './durable-file.js';

/** The node's state after a block. It only saves replaying: the journal alone rebuilds the chain. */
export interface Snapshot {
  readonly number: number;
  readonly hash: Hex;
  readonly state: Hex;
}

const hex = z.custom<Hex>(isHex);
const schema = z.object({ number: z.int().positive(), hash: hex, state: hex });

/** Writes a snapshot in the place of an earlier one, at once. */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
  await replaceFile(path, JSON.stringify(snapshot));
}

/** The snapshot, or `undefined` where there is none that can be read: then the whole journal is replayed. */
export async function readSnapshot(path: string): Promise<Snapshot | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
