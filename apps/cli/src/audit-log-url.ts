import {
  decodeEntryBundle,
  parseCheckpointText,
  parseNote,
  tilePath,
  tileWidth,
  verifyLog,
  type LogReport,
  type Policy,
} from '#provenance';
import { CommandError } from './exit.js';

const TIMEOUT_MS = 30_000;

/** Reads a published log, all of it, and checks it against its own checkpoint and the policy. */
export async function auditLogUrl(url: string, policy: Policy): Promise<LogReport> {
  const base = url.replace(/\/$/, '');
  const checkpoint = Buffer.from(await get(`${base}/checkpoint`)).toString('utf8');
  const { size } = parseCheckpointText(parseNote(checkpoint).text);
  return verifyLog(entriesOf(base, size), checkpoint, policy);
}

/** Entries from index 0 on, a bundle at a time: memory and load stay bounded. */
async function* entriesOf(base: string, size: bigint): AsyncGenerator<Uint8Array> {
  for (let index = 0n; tileWidth(0, index, size) > 0; index += 1n) {
    const width = tileWidth(0, index, size);
    // oxlint-disable-next-line no-await-in-loop -- one bundle after the other
    yield* decodeEntryBundle(await get(`${base}/${tilePath({ level: 'entries', index, width })}`));
  }
}

async function get(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) throw new CommandError(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
