import type { Pool } from 'pg';
import type { ServePermit } from '#consent';
import type { ResourceRef, SearchRequest } from '#fhir';
import type { ApplyContext, Page, ReadResult, ResourceStore } from '#store';
import { readAnswerRow, sawOf } from '../../libs/store/src/resources/stored-row.js';

const PATIENTS = `(select coalesce(json_agg(json_build_object(
    'patient', vp.patient, 'role', vp.role, 'link', json_build_object('person', pl.person, 'grade', pl.grade,
      'from', extract(epoch from pl.from_time) * 1000, 'record', pl.record_id, 'mac', encode(pl.mac, 'hex')))
    order by vp.patient), '[]')
  from version_patient vp
  join person_link pl on pl.tenant = $1 and pl.patient = vp.patient and pl.until_time is null
  where vp.tenant = $1 and vp.type = v.type and vp.id = v.id and vp.version_id = v.version_id) as patients`;
const SAW = '(select position as saw_position from projection_checkpoint where tenant = $1) saw';
const READ = `select saw.saw_position, v.*, ${PATIENTS} from ${SAW}
  left join resource_version v on v.tenant = $1 and v.type = $2 and v.id = $3 and v.current`;
const SEARCH = `select saw.saw_position, v.*, ${PATIENTS} from ${SAW}
  left join lateral (select v.* from resource_version v
    where v.tenant = $1 and v.type = $2 and v.current and not v.deleted
      and v.id = any(array(select i.id from index_reference i where i.tenant = $1 and i.type = $2
        and i.param = 'subject' and i.target_id = $3 and i.target_type = 'Patient'))
      and exists (select 1 from index_token i where i.tenant = $1 and i.type = $2 and i.id = v.id
        and i.param = 'code' and i.system = $4 and i.code = $5 offset 0)
    order by v.last_updated desc, v.id limit $6) v on true
  order by v.last_updated desc, v.id`;

/** The statements that the benchmark needs, without the consent predicate. Digests and MACs are checked as ever. */
export class OpenResources implements ResourceStore {
  readonly #pool: Pool;
  readonly #context: ApplyContext;

  constructor(pool: Pool, context: ApplyContext) {
    this.#pool = pool;
    this.#context = context;
  }

  async read(_permit: ServePermit, { type, id }: ResourceRef): Promise<ReadResult> {
    const [row] = await this.#rows('bench read', READ, [this.#context.tenant, type, id]);
    const { position: sawPosition, empty } = sawOf(row);
    if (empty) return { kind: 'absent', owners: { persons: [] }, sawPosition };
    const { stored } = readAnswerRow(this.#context, row);
    return { kind: 'found', stored, sawPosition, sawVersions: new Map() };
  }

  async search(_permit: ServePermit, search: SearchRequest): Promise<Page> {
    const token = search.criteria.find(({ param }) => param === 'code')?.values[0];
    const { system, code } = token?.kind === 'token' ? token : { system: '', code: '' };
    const values = [this.#context.tenant, search.type, search.patients[0], system, code, search.count + 1];
    const rows = await this.#rows('bench search', SEARCH, values);
    const { position: sawPosition, empty } = sawOf(rows[0]);
    const shown = empty ? [] : rows.slice(0, search.count);
    return {
      rows: shown.map((row) => readAnswerRow(this.#context, row).stored),
      next: undefined,
      total: undefined,
      sawPosition,
      sawVersions: new Map(),
    };
  }

  vread(): Promise<never> {
    return Promise.reject(new Error('not measured'));
  }

  history(): Promise<never> {
    return Promise.reject(new Error('not measured'));
  }

  scan(): Promise<never> {
    return Promise.reject(new Error('not measured'));
  }

  async #rows(name: string, text: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    const { rows } = await this.#pool.query({ name, text, values: [...values] });
    return rows;
  }
}
