import { z } from 'zod';
import { parseStrict, toBase64, writeJson, type JsonValue } from '#digest';
import { ENTRY_CLASS, readAccess, type Bundle } from '#provenance';
import { logIndex } from '../indexes.js';
import type { Operation, Outcome } from '../operation.js';
import { shownPersons } from '../shown-persons.js';

const input = z.strictObject({ index: logIndex });

/** `GET /audit/records/{index}`: a whole record to read, its groups as they were sealed, as far as keys are left. */
export const showRecord: Operation<z.infer<typeof input>> = {
  name: 'audit-record',
  role: 'auditor',
  input,
  async handle({ index }, _principal, { receipts }): Promise<Outcome> {
    const bundle = await receipts.receiptOf(index, 'auditor');
    const access = readAccess(bundle);
    const { class: entryClass, leaf } = access;
    const body = writeJson({
      index: access.index,
      leaf,
      class: entryClass,
      entry: toBase64(bundle.entry),
      groups: groupsOf(bundle),
      erased: bundle.erased.map(({ part }) => part),
    });
    return { status: 200, body, class: ENTRY_CLASS.access, subjects: shownPersons([access]), writes: [] };
  },
};

function groupsOf({ openings }: Bundle): JsonValue {
  return Object.fromEntries(openings.map(({ group, bytes }) => [group, parseStrict(bytes)]));
}
