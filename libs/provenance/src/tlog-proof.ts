import { GatewayError } from '#outcome';
import { fromBase64, toBase64 } from '#digest';
import { HASH_BYTES } from './tree-hash.js';

/** A proof that an entry is in a log, as text that is checked offline. @see https://c2sp.org/tlog-proof */
export interface TlogProof {
  readonly index: bigint;
  /** From the leaf's sibling up. */
  readonly path: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
  /** Opaque and not authenticated. */
  readonly extra?: Uint8Array;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const INDEX = /^index (0|[1-9]\d{0,18})$/;
const EXTRA = /^extra (\S+)$/;
const MAX_PATH = 63;

/** Writes a proof; `parseTlogProof` gives it back. */
export function writeTlogProof({ index, path, checkpoint, extra }: TlogProof): string {
  const extraLine = extra === undefined ? [] : [`extra ${toBase64(extra)}`];
  const lines = [FIRST_LINE, ...extraLine, `index ${index}`, ...path.map(toBase64)];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** @throws GatewayError `malformed` unless `text` is a proof, exactly. The checkpoint is not looked into. */
export function parseTlogProof(text: string): TlogProof {
  const split = text.indexOf('\n\n');
  const [first, ...lines] = text.slice(0, Math.max(split, 0)).split('\n');
  const extra = EXTRA.exec(lines[0] ?? '')?.[1];
  const [indexLine = '', ...pathLines] = extra === undefined ? lines : lines.slice(1);
  const index = INDEX.exec(indexLine)?.[1];
  if (first !== FIRST_LINE || index === undefined) throw notAProof();
  const proof = { index: BigInt(index), path: parsePath(pathLines), checkpoint: text.slice(split + 2) };
  return extra === undefined ? proof : { ...proof, extra: fromBase64(extra) };
}

function parsePath(lines: readonly string[]): Uint8Array[] {
  const path = lines.map(fromBase64);
  const whole = path.length <= MAX_PATH && path.every((hash) => hash.length === HASH_BYTES);
  if (!whole) throw notAProof();
  return path;
}

function notAProof(): GatewayError {
  return new GatewayError('malformed', { details: 'tlog proof' });
}
