import type { Pool } from 'pg';
import { z } from 'zod';
import type { ApplyContext } from '../apply/apply-context.js';
import { BINDING_CELLS, checkBinding } from '../apply/bindings.js';

const BINDINGS = z.array(BINDING_CELLS);

/** Whose keys are asked for, and when. */
export interface BoundKeysOptions {
  readonly pool: Pool;
  readonly context: ApplyContext;
  readonly nowMs: number;
}

/** The keys that speak for patients, now or later, by their hashes; each binding checked. */
export async function boundKeysOf(
  { pool, context, nowMs }: BoundKeysOptions,
  patients: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool.query({
    name: 'bindings of patients',
    text: 'select * from binding where tenant = $1 and patient = any($2)',
    values: [context.tenant, patients],
  });
  const bindings = BINDINGS.parse(rows);
  for (const binding of bindings) {
    checkBinding(context.mac, binding);
  }
  const inForce = bindings.filter(({ to_time: to }) => to === null || nowMs < to);
  const byPatient = Map.groupBy(inForce, ({ patient }) => patient);
  return new Map([...byPatient].map(([patient, own]) => [patient, own.map((one) => one.signer_hash)]));
}
