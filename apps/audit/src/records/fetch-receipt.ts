import { z } from 'zod';
import { ENTRY_CLASS, readAccess, writeBundle } from '#provenance';
import { logIndex } from '../indexes.js';
import type { Operation, Outcome } from '../operation.js';
import { shownPersons } from '../shown-persons.js';

const input = z.strictObject({ index: logIndex });

/** `GET /audit/receipts/{index}`: the receipt of any record, with every group that a key is left for. */
export const fetchReceipt: Operation<z.infer<typeof input>> = {
  name: 'audit-receipt',
  role: 'auditor',
  input,
  async handle({ index }, _principal, { receipts }): Promise<Outcome> {
    const bundle = await receipts.receiptOf(index, 'auditor');
    const subjects = shownPersons([readAccess(bundle)]);
    return { status: 200, body: writeBundle(bundle), class: ENTRY_CLASS.access, subjects, writes: [] };
  },
};
