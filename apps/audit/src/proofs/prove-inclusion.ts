import { z } from 'zod';
import { toBase64, toHex } from '#digest';
import { ENTRY_CLASS, hashLeaf } from '#provenance';
import { logIndex } from '../indexes.js';
import type { Operation, Outcome } from '../operation.js';

const input = z.strictObject({ index: logIndex, size: logIndex });

/** `GET /audit/proof/inclusion`: that an entry is in the tree of a size (RFC 9162 2.1.3). */
export const proveInclusion: Operation<z.infer<typeof input>> = {
  name: 'audit-inclusion',
  role: 'auditor',
  input,
  async handle({ index, size }, _principal, { log }): Promise<Outcome> {
    const path = await log.inclusion(index, size);
    const entries = await log.entries(index, index + 1n);
    const body = {
      index: String(index),
      size: String(size),
      leaf: entries.map((entry) => toHex(hashLeaf(entry))).join(''),
      proof: path.map(toBase64),
    };
    return { status: 200, body, class: ENTRY_CLASS.access, subjects: [], writes: [] };
  },
};
