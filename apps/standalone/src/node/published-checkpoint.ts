import type { Keyring } from '#config';
import {
  checkpointSigner,
  SIGNATURE_TYPE,
  signCheckpoint,
  writeCheckpointText,
  type LogStore,
} from '#provenance';
import type { RowChange } from '#store';
import { keptFor } from './kept-for.js';

const KEPT_MS = 1_000;
const MS_PER_S = 1_000;

/** The checkpoint that is published: signed with Ed25519 and ML-DSA-44, made at most once a second. */
export function publishedCheckpoint(
  log: Pick<LogStore<RowChange>, 'head'>,
  keyring: Pick<Keyring, 'log' | 'logMlDsa'>,
  options: { readonly origin: string; readonly clock: () => number },
): () => Promise<string> {
  const { origin, clock } = options;
  const signers = [
    checkpointSigner(origin, SIGNATURE_TYPE.ed25519, keyring.log.privateKey),
    checkpointSigner(origin, SIGNATURE_TYPE.mlDsa44, keyring.logMlDsa.privateKey),
  ];
  return keptFor(KEPT_MS, async () => {
    const timeS = BigInt(Math.floor(clock() / MS_PER_S));
    return signCheckpoint(writeCheckpointText(await log.head()), signers, timeS);
  });
}
