import { GatewayError } from '#outcome';
import { check, failed, type Check } from './check.js';
import { parseCheckpointText } from './checkpoint.js';
import { parseNote, type Note } from './note.js';
import { isOfKey, verifySignature } from './note-signature.js';
import { hasQuorum, type Policy } from './policy.js';
import type { TreeHead } from './ports.js';
import type { NoteKey } from './vkey.js';

/** A checkpoint as far as the policy trusts it. */
export interface CheckedCheckpoint {
  /** `undefined` where the note is malformed or no trusted log key signed it. */
  readonly head: TreeHead | undefined;
  readonly checks: readonly Check[];
}

/**
 * Checks a signed checkpoint: a log key of the policy, used within its sizes, signed it; no signature of a known key
 * is wrong; the witnesses' quorum is reached. Extension lines are refused: this format writes none.
 */
export function checkCheckpoint(source: string, policy: Policy): CheckedCheckpoint {
  const parsed = parse(source);
  if (parsed === undefined) return { head: undefined, checks: [failed('checkpoint', 'malformed note')] };
  const { note, head } = parsed;
  const logs = policy.logs
    .filter(({ key }) => key.name === head.origin)
    .filter(({ fromSize, toSize }) => fromSize <= head.size && (toSize === undefined || head.size < toSize));
  const byLog = signaturesOf(
    note,
    logs.map(({ key }) => key),
  );
  const byWitness = signaturesOf(
    note,
    policy.witnesses.map(({ key }) => key),
  );
  const signed = byLog.valid.length > 0 && !byLog.wrong;
  const names = policy.witnesses.filter(({ key }) => byWitness.valid.includes(key)).map(({ name }) => name);
  const quorum = !byWitness.wrong && hasQuorum(policy, new Set(names));
  return {
    head: signed ? head : undefined,
    checks: [
      check('checkpoint', signed, {
        ok: `${head.origin}, size ${head.size}, signed by the log`,
        failed: 'not signed by a log key of the policy for this origin and size, or a signature is wrong',
      }),
      check('witnesses', quorum, {
        ok: `quorum ${policy.quorum}: ${names.join(', ') || 'none needed'}`,
        failed: `quorum ${policy.quorum} is not reached, or a cosignature is wrong`,
      }),
    ],
  };
}

function parse(source: string): { note: Note; head: TreeHead } | undefined {
  try {
    const note = parseNote(source);
    const { extensions, ...head } = parseCheckpointText(note.text);
    return extensions.length === 0 ? { note, head } : undefined;
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function signaturesOf(note: Note, keys: readonly NoteKey[]): { valid: NoteKey[]; wrong: boolean } {
  const lines = keys.flatMap((key) =>
    note.signatures.filter((line) => isOfKey(line, key)).map((line) => ({ key, line })),
  );
  const valid = lines
    .filter(({ key, line }) => verifySignature(note.text, line, key) !== undefined)
    .map(({ key }) => key);
  return { valid, wrong: valid.length !== lines.length };
}
