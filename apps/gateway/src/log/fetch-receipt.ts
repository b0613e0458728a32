import { z } from 'zod';
import { ENTRY_CLASS, writeBundle } from '#provenance';
import type { Outcome, Operation } from '../operation.js';

const input = z.strictObject({ index: z.string().regex(/^\d{1,18}$/) });

/**
 * `GET /receipts/{index}`: the receipt of an answer, for the client that got it, with what it may open; everything for an
 * auditor. Another client's record is the same 404 as none.
 */
export const fetchReceipt: Operation<z.infer<typeof input>> = {
  name: 'receipt',
  role: undefined,
  input,
  async handle({ index }, principal, parts): Promise<Outcome> {
    const reader = principal.roles.includes('auditor') ? 'auditor' : { forClient: principal.client };
    const bundle = await parts.receipts.receiptOf(BigInt(index), reader);
    return { status: 200, body: writeBundle(bundle), class: ENTRY_CLASS.access, subjects: [], writes: [] };
  },
};
