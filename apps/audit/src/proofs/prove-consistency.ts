import { z } from 'zod';
import { toBase64 } from '#digest';
import { ENTRY_CLASS } from '#provenance';
import { logIndex } from '../indexes.js';
import type { Operation, Outcome } from '../operation.js';

const input = z.strictObject({ from: logIndex, to: logIndex });

/** `GET /audit/proof/consistency`: that the tree of one size is the beginning of that of another (RFC 9162 2.1.4). */
export const proveConsistency: Operation<z.infer<typeof input>> = {
  name: 'audit-consistency',
  role: 'auditor',
  input,
  async handle({ from, to }, _principal, { log }): Promise<Outcome> {
    const path = await log.consistency(from, to);
    const body = { from: String(from), to: String(to), proof: path.map(toBase64) };
    return { status: 200, body, class: ENTRY_CLASS.access, subjects: [], writes: [] };
  },
};
