import type { Pool } from 'pg';
import { z } from 'zod';
import type { ApplyContext } from '../apply/apply-context.js';
import { applyRefreshed, applySourcePatients } from '../apply/source-patients.js';
import type { RowChange } from '../change.js';
import { inTransaction } from '../log/transaction.js';

const KNOWN = z.object({ patient: z.string(), refreshed: z.record(z.string(), z.number()) });
const SOURCE_IDS = z.array(z.object({ source: z.string(), source_id: z.string() }));

/** Which source knows which patient under which id, and when it was last asked about her. */
export class SourcePatients {
  readonly #pool: Pool;
  readonly #tenant: string;

  constructor(pool: Pool, tenant: string) {
    this.#pool = pool;
    this.#tenant = tenant;
  }

  /** Our id of a source's patient. */
  async patientOf(source: string, sourceId: string): Promise<string | undefined> {
    return (await this.#row(source, sourceId))?.patient;
  }

  async refreshedMs(source: string, sourceId: string): Promise<ReadonlyMap<string, number>> {
    return new Map(Object.entries((await this.#row(source, sourceId))?.refreshed ?? {}));
  }

  async sourceIdsOf(
    patients: readonly string[],
  ): Promise<readonly { readonly source: string; readonly sourceId: string }[]> {
    const { rows } = await this.#pool.query({
      name: 'source ids',
      text: `select distinct sp.source, sp.source_id from person_link a
             join person_link b on b.tenant = a.tenant and b.person = a.person and b.until_time is null
             join source_patient sp on sp.tenant = b.tenant and sp.patient = b.patient
             where a.tenant = $1 and a.patient = any($2) and a.until_time is null order by 1, 2`,
      values: [this.#tenant, patients],
    });
    return SOURCE_IDS.parse(rows).map(({ source, source_id: sourceId }) => ({ source, sourceId }));
  }

  /** Writes notes that come without any change of a resource: they need no record. */
  async note(context: ApplyContext, notes: readonly RowChange[]): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await applySourcePatients(
        client,
        context,
        notes.filter((note) => note.kind === 'source-patient'),
      );
      await applyRefreshed(
        client,
        context,
        notes.filter((note) => note.kind === 'refreshed'),
      );
    });
  }

  async #row(source: string, sourceId: string): Promise<z.infer<typeof KNOWN> | undefined> {
    const { rows } = await this.#pool.query({
      name: 'source patient',
      text: 'select patient, refreshed from source_patient where tenant = $1 and source = $2 and source_id = $3',
      values: [this.#tenant, source, sourceId],
    });
    return KNOWN.optional().parse(rows[0]);
  }
}
