import type { Pool } from 'pg';
import { z } from 'zod';
import type { ApplyContext } from '../apply/apply-context.js';
import { applyRefreshed, applySourcePatients } from '../apply/source-patients.js';
import type { RowChange } from '../change.js';
import { GatheredLoads } from '../gathered-loads.js';
import { inTransaction } from '../log/transaction.js';

const KNOWN = z.object({
  source: z.string(),
  source_id: z.string(),
  patient: z.string(),
  refreshed: z.record(z.string(), z.number()),
});
const KNOWN_ROWS = z.array(KNOWN);
const SOURCE_IDS = z.array(z.object({ asked: z.string(), source: z.string(), source_id: z.string() }));
const KEY = z.tuple([z.string(), z.string()]);

/** A patient as a source knows her. */
export interface SourceId {
  readonly source: string;
  readonly sourceId: string;
}

/** Which source knows which patient under which id, and when it was last asked about her. */
export class SourcePatients {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #known = new GatheredLoads<z.infer<typeof KNOWN>>((keys) => this.#loadKnown(keys));
  readonly #sourceIds = new GatheredLoads<readonly SourceId[]>((patients) => this.#loadSourceIds(patients));

  constructor(pool: Pool, tenant: string) {
    this.#pool = pool;
    this.#tenant = tenant;
  }

  /** Our id of a source's patient. */
  async patientOf(source: string, sourceId: string): Promise<string | undefined> {
    return (await this.#known.get(keyOf(source, sourceId)))?.patient;
  }

  async refreshedMs(source: string, sourceId: string): Promise<ReadonlyMap<string, number>> {
    return new Map(Object.entries((await this.#known.get(keyOf(source, sourceId)))?.refreshed ?? {}));
  }

  async sourceIdsOf(patients: readonly string[]): Promise<readonly SourceId[]> {
    const found = await this.#sourceIds.all(patients);
    const ids = patients.flatMap((patient) => found.get(patient) ?? []);
    const byKey = new Map(ids.map((id) => [keyOf(id.source, id.sourceId), id]));
    return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
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

  async #loadKnown(keys: readonly string[]): Promise<ReadonlyMap<string, z.infer<typeof KNOWN>>> {
    const asked = keys.map((key) => KEY.parse(JSON.parse(key)));
    const { rows } = await this.#pool.query({
      name: 'source patients',
      text: `select source, source_id, patient, refreshed from source_patient
             where tenant = $1 and (source, source_id) in (select * from unnest($2::text[], $3::text[]))`,
      values: [this.#tenant, asked.map(([source]) => source), asked.map(([, sourceId]) => sourceId)],
    });
    return new Map(KNOWN_ROWS.parse(rows).map((row) => [keyOf(row.source, row.source_id), row]));
  }

  async #loadSourceIds(patients: readonly string[]): Promise<ReadonlyMap<string, readonly SourceId[]>> {
    const { rows } = await this.#pool.query({
      name: 'source ids',
      text: `select a.patient as asked, sp.source, sp.source_id from person_link a
             join person_link b on b.tenant = a.tenant and b.person = a.person and b.until_time is null
             join source_patient sp on sp.tenant = b.tenant and sp.patient = b.patient
             where a.tenant = $1 and a.patient = any($2) and a.until_time is null`,
      values: [this.#tenant, patients],
    });
    const found = Map.groupBy(SOURCE_IDS.parse(rows), ({ asked }) => asked);
    return new Map(
      [...found].map(([asked, ids]) => [
        asked,
        ids.map(({ source, source_id: sourceId }) => ({ source, sourceId })),
      ]),
    );
  }
}

function keyOf(source: string, sourceId: string): string {
  return JSON.stringify([source, sourceId]);
}
