import type { ClientBase } from 'pg';
import { z } from 'zod';
import { BYTES, HEX, TIME } from '../column-shapes.js';
import { sha256 } from '#digest';
import { GatewayError } from '#outcome';
import type { RowChange } from '../change.js';
import { insertRows, type Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';
import type { ApplyContext, Recorded } from './apply-context.js';

/** A row of `binding`: which person a chain subject speaks for. */
export const BINDING_CELLS = z.object({
  tenant: z.string(),
  id: z.string(),
  patient: z.string(),
  person: z.string(),
  subject: HEX,
  signer_hash: HEX,
  rights: z.enum(['self', 'guardian', 'custodian']),
  from_time: TIME,
  to_time: TIME.nullable(),
  evidence: z.string(),
  statement: BYTES,
  signature: BYTES,
  record_id: z.string(),
  mac: BYTES,
});
export type BindingCells = z.infer<typeof BINDING_CELLS>;

const BINDINGS: Table<BindingCells> = {
  name: 'binding',
  columns: {
    tenant: 'text',
    id: 'uuid',
    patient: 'text',
    person: 'uuid',
    subject: 'text',
    signer_hash: 'text',
    rights: 'text',
    from_time: 'timestamptz',
    to_time: 'timestamptz',
    evidence: 'text',
    statement: 'bytea',
    signature: 'bytea',
    record_id: 'uuid',
    mac: 'bytea',
  },
};

/** @throws `integrity-failure` unless the binding is as it was written. */
export function checkBinding(mac: RowMac, row: BindingCells): void {
  mac.check('binding', coveredColumns(row), row.mac, `binding/${row.id}`);
}

/**
 * Writes bindings. A subject is bound once.
 * @returns the persons.
 * @throws `version-conflict` where the subject is bound already.
 */
export async function applyBindings(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<Extract<RowChange, { kind: 'binding' }>>[],
): Promise<readonly string[]> {
  if (changes.length === 0) {
    return [];
  }
  const subjects = changes.map(({ binding }) => binding.subject);
  const { rowCount } = await client.query({
    name: 'bound subjects',
    text: 'select from binding where tenant = $1 and subject = any($2)',
    values: [context.tenant, subjects],
  });
  if (rowCount !== 0 || new Set(subjects).size < subjects.length) {
    throw new GatewayError('version-conflict', { details: 'The subject is bound already.' });
  }
  await insertRows(
    client,
    BINDINGS,
    changes.map((change) => bindingRow(context, change)),
  );
  return changes.map(({ binding }) => binding.person);
}

function bindingRow(
  context: ApplyContext,
  { binding, recordId }: Recorded<Extract<RowChange, { kind: 'binding' }>>,
): BindingCells {
  const row = {
    tenant: context.tenant,
    id: binding.id,
    patient: binding.patient,
    person: binding.person,
    subject: binding.subject,
    signer_hash: binding.signerHash,
    rights: binding.rights,
    from_time: binding.fromMs,
    to_time: binding.toMs ?? null,
    evidence: binding.evidence,
    statement: binding.statement,
    signature: binding.signature,
    record_id: recordId,
  };
  return { ...row, mac: context.mac.of('binding', coveredColumns(row)) };
}

/** Long values stand as their digests. */
function coveredColumns(row: Omit<BindingCells, 'mac'>) {
  return { ...row, statement: sha256(row.statement), signature: sha256(row.signature) };
}
