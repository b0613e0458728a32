import { uuidv7 } from '#digest';
import type { EntryClass, SealableRecord } from '#provenance';

/** What a node did by itself, nobody having asked. */
export interface OwnAct {
  readonly class: EntryClass;
  readonly interaction: string;
  readonly outcome: string;
  readonly status: number;
  /** Where the cause lies: a setting's name, or `*`. */
  readonly path: string;
  /** What it was about; committed to, never kept. */
  readonly parameters: Uint8Array;
}

/** The record of an act of the node's own: it has no actor and concerns no person. `random` are ten bytes. */
export function ownRecord(act: OwnAct, timeMs: number, random: Uint8Array): SealableRecord {
  const { interaction, outcome, status, path, parameters } = act;
  const id = uuidv7(timeMs, random);
  const time = new Date(timeMs).toISOString();
  return {
    class: act.class,
    op: { id, time, phase: 'single', interaction, outcome, status, block: null },
    actor: {
      client: null,
      user: null,
      organization: null,
      roles: [],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: { method: '*', path, parameters, requestId: id, intent: null },
    subjects: [],
  };
}
