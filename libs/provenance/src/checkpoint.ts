import { GatewayError } from '#outcome';
import { fromBase64, toBase64 } from '#digest';
import type { TreeHead } from './ports.js';
import { HASH_BYTES } from './tree-hash.js';

/** The text of a checkpoint: a head, and extension lines, which this format never writes. */
export interface CheckpointText extends TreeHead {
  readonly extensions: readonly string[];
}

const SIZE = /^(?:0|[1-9]\d{0,18})$/;

/** The note text of a head: origin, size, root in base64, each on a line. @see https://c2sp.org/tlog-checkpoint */
export function writeCheckpointText({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** @throws GatewayError `malformed` unless `text` is a checkpoint's note text, exactly. */
export function parseCheckpointText(text: string): CheckpointText {
  const [origin = '', size = '', root = '', ...extensions] = text.split('\n');
  const ended = extensions.pop() === '';
  const bytes = fromBase64(root);
  const whole = ended && origin !== '' && SIZE.test(size) && bytes.length === HASH_BYTES;
  if (!whole || extensions.includes('')) throw new GatewayError('malformed', { details: 'checkpoint' });
  return { origin, size: BigInt(size), root: bytes, extensions };
}
