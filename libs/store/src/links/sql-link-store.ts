import type { Pool } from 'pg';
import type { ApplyContext } from '../apply/apply-context.js';
import { checkLink, LINK_ROWS } from '../apply/links.js';
import type { LinkStore, PersonLink } from './link-store.js';

/** Links in Postgres. */
export class SqlLinkStore implements LinkStore {
  readonly #pool: Pool;
  readonly #context: ApplyContext;

  constructor(pool: Pool, context: ApplyContext) {
    this.#pool = pool;
    this.#context = context;
  }

  async linksOf(patient: string): Promise<readonly PersonLink[]> {
    const { rows } = await this.#pool.query({
      name: 'links of a person',
      text: `select tenant, patient, person, grade, from_time, until_time, record_id, mac from person_link l
             where l.tenant = $1 and (l.patient = $2 or l.person in (
               select o.person from person_link o
               where o.tenant = $1 and o.patient = $2 and o.until_time is null))
             order by l.from_time, l.patient`,
      values: [this.#context.tenant, patient],
    });
    const links = LINK_ROWS.parse(rows);
    for (const link of links) checkLink(this.#context.mac, link);
    return links.map((link) => ({
      patient: link.patient,
      person: link.person,
      grade: link.grade,
      fromMs: link.from_time,
      untilMs: link.until_time ?? undefined,
      recordId: link.record_id,
    }));
  }
}
