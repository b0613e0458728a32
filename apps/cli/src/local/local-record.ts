import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { uuidv7 } from '#digest';
import { ENTRY_CLASS, type SealableRecord, type SubjectDraft } from '#provenance';

/** What a steward did without a gateway. */
export interface LocalAct {
  readonly interaction: string;
  /** What was asked; committed to, never kept. */
  readonly parameters: readonly string[];
  readonly subjects: readonly SubjectDraft[];
}

/** The record of an act: class 06, by whoever has an account on this machine. */
export function recordOf({ interaction, parameters, subjects }: LocalAct, timeMs: number): SealableRecord {
  const id = uuidv7(timeMs, randomBytes(10));
  const time = new Date(timeMs).toISOString();
  return {
    class: ENTRY_CLASS.configuration,
    op: { id, time, phase: 'single', interaction, outcome: 'permit', status: 200, block: null },
    actor: {
      client: null,
      // whoever may read the keys is believed: there is nobody to log in to
      user: `account:${userInfo().username}`,
      organization: null,
      roles: ['steward'],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: {
      method: 'LOCAL',
      path: '/inbox',
      parameters: Buffer.from(JSON.stringify(parameters), 'utf8'),
      requestId: id,
      intent: null,
    },
    subjects,
  };
}
