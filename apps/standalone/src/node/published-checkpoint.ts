import type { Keyring } from '#config';
import {
  checkpointSigner,
  SIGNATURE_TYPE,
  signCheckpoint,
  writeCheckpointText,
  type LogStore,
} from '#provenance';
import type { RowChange } from '#store';

const KEPT_MS = 1_000;
const MS_PER_S = 1_000;

/** The checkpoint that is published: signed with Ed25519 and ML-DSA-44, made at most once a second. */
export function publishedCheckpoint(
  log: LogStore<RowChange>,
  keyring: Pick<Keyring, 'log' | 'logMlDsa'>,
  options: { readonly origin: string; readonly clock: () => number },
): () => Promise<string> {
  const { origin, clock } = options;
  const signers = [
    checkpointSigner(origin, SIGNATURE_TYPE.ed25519, keyring.log.privateKey),
    checkpointSigner(origin, SIGNATURE_TYPE.mlDsa44, keyring.logMlDsa.privateKey),
  ];
  let kept: { readonly untilMs: number; readonly note: Promise<string> } | undefined;
  return () => {
    if (kept !== undefined && performance.now() < kept.untilMs) return kept.note;
    const timeS = BigInt(Math.floor(clock() / MS_PER_S));
    const note = log.head().then((head) => signCheckpoint(writeCheckpointText(head), signers, timeS));
    kept = { untilMs: performance.now() + KEPT_MS, note };
    note.catch(() => {
      kept = undefined;
    });
    return note;
  };
}
