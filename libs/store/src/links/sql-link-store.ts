import type { Pool } from 'pg';
import { z } from 'zod';
import { apartAmong } from '../apply/apart.js';
import type { ApplyContext } from '../apply/apply-context.js';
import { checkLink, checkedLinks, LINK_COLUMNS, LINK_ROW, type LinkRow } from '../apply/links.js';
import type { Company, LinkStore, PersonLink } from './link-store.js';

/** Links of whoever is, or was, of a person of which a Patient of the given one's person is, or was; with its version. */
const COMPANY = `with now as (
    select o.person from person_link o where o.tenant = $1 and o.patient = $2 and o.until_time is null),
  persons as (
    select distinct e.person from person_link m
    join person_link e on e.tenant = $1 and e.patient = m.patient
    where m.tenant = $1 and m.person in (select person from now) and m.until_time is null)
  select ${LINK_COLUMNS}, (select coalesce(max(v.version), 0) from person_version v
      where v.tenant = $1 and v.person in (select person from now)) as version
  from persons p
  join lateral (
    select * from person_link i where i.tenant = $1 and i.person = p.person and i.until_time is null
    union all
    select * from person_link e where e.tenant = $1 and e.person = p.person and e.until_time is not null) l on true`;
const COMPANY_LINKS = z.array(LINK_ROW.extend({ version: z.bigint() }));

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
      text: `select ${LINK_COLUMNS} from person_link l
             where l.tenant = $1 and (l.patient = $2 or l.person in (
               select o.person from person_link o
               where o.tenant = $1 and o.patient = $2 and o.until_time is null))
             order by l.from_time, l.patient`,
      values: [this.#context.tenant, patient],
    });
    return checkedLinks(this.#context, rows).map(linkOf);
  }

  async linksOfResource(type: string, id: string): Promise<readonly PersonLink[]> {
    const { rows } = await this.#pool.query({
      name: 'links of a resource',
      text: `select ${LINK_COLUMNS} from person_link l
             where l.tenant = $1 and l.patient in (
               select v.patient from version_patient v where v.tenant = $1 and v.type = $2 and v.id = $3)
             order by l.from_time, l.patient`,
      values: [this.#context.tenant, type, id],
    });
    return checkedLinks(this.#context, rows).map(linkOf);
  }

  async companyOf(patient: string): Promise<Company | undefined> {
    const { rows } = await this.#pool.query({
      name: 'company of a patient',
      text: COMPANY,
      values: [this.#context.tenant, patient],
    });
    const links = COMPANY_LINKS.parse(rows);
    for (const { version: _version, ...link } of links) checkLink(this.#context.mac, link);
    const own = links.find((link) => link.patient === patient && link.until_time === null);
    if (own === undefined) return undefined;
    const { person, version } = own;
    const now = patientsOf(links.filter((link) => link.person === person && link.until_time === null));
    return {
      person,
      others: [...now].filter((other) => other !== patient),
      former: await this.#former(now, links),
      seen: { kind: 'seen', identifiers: [], patients: [], versions: [], persons: [{ person, version }] },
    };
  }

  async #former(now: ReadonlySet<string>, links: readonly LinkRow[]): Promise<readonly string[]> {
    const once = [...patientsOf(links)].filter((patient) => !now.has(patient));
    const apart = await apartAmong(this.#pool, this.#context, [...now, ...once]);
    const personsOf = Map.groupBy(links, ({ patient }) => patient);
    const shared = (a: string, b: string): boolean =>
      (personsOf.get(a) ?? []).some((one) => personsOf.get(b)?.some(({ person }) => person === one.person));
    return once.filter((patient) =>
      [...now].some(
        (other) =>
          shared(patient, other) &&
          !apart.has(patient < other ? `${patient} ${other}` : `${other} ${patient}`),
      ),
    );
  }
}

function linkOf(row: LinkRow): PersonLink {
  return {
    patient: row.patient,
    person: row.person,
    grade: row.grade,
    fromMs: row.from_time,
    untilMs: row.until_time ?? undefined,
    recordId: row.record_id,
  };
}

function patientsOf(links: readonly LinkRow[]): ReadonlySet<string> {
  return new Set(links.map(({ patient }) => patient));
}
