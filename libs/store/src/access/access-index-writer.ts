import { auditEventId, decodeEntry, ENTRY_CLASS, type OpenedRecord } from '#provenance';
import type { ApplyContext } from '../apply/apply-context.js';
import type { SqlFollower } from '../log/following.js';
import type { Queryable } from '../log/head-row.js';
import { accessRows } from './access-rows.js';
import { AccessTags } from './access-tags.js';

/** The follower's name: its position says how far the index is. */
export const ACCESS_INDEX = 'access-index';

const INSERT_ENTRIES = `
insert into access_entry (tenant, person, subject_seq, idx, position, time, tags, event)
select $1, e.person, e.seq, e.idx, e.position, e.time, substring($7::bytea from e.start for e.length), e.event
from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::int[], $6::timestamptz[], $8::int[], $9::int[], $10::uuid[])
  e (person, seq, idx, position, time, start, length, event)
on conflict do nothing`;

const INSERT_ACTORS = `
insert into access_actor (tenant, actor, idx)
select $1, a.actor, a.idx from unnest($2::bytea[], $3::bigint[]) a (actor, idx) on conflict do nothing`;

/**
 * What concerns persons of whom a key was destroyed, but for what a later key of theirs opens: somebody may be named again
 * after an erasure, and a notice of another one's does not take that away.
 */
const DELETE_ERASED = `
delete from access_entry e using vault_key k
where e.tenant = $1 and k.tenant = $1 and k.scope = 'person:' || e.person and k.destroyed is not null
  and e.idx <= $2 and not exists (
    select from log_private p join vault_key l on l.tenant = p.tenant and l.key_id = p.key_id
    where p.tenant = e.tenant and p.idx = e.idx and p.part = 'sub:' || e.position and l.destroyed is null)`;

/** Writes the index of accesses: a follower of the log hands it every record, in order. The same batch twice changes nothing. */
export class AccessIndexWriter implements SqlFollower {
  readonly name = ACCESS_INDEX;
  readonly reads = ['op', 'actor', 'subjects'] as const;
  readonly #tenant: string;
  readonly #tags: AccessTags;

  constructor(context: ApplyContext) {
    this.#tenant = context.tenant;
    this.#tags = new AccessTags(context);
  }

  /** @param client the transaction that also moves the follower's position */
  readonly handle = async (batch: readonly OpenedRecord[], client: Queryable): Promise<void> => {
    const records = batch.map((record) => ({ index: record.index, ...accessRows(record) }));
    await this.#insertEntries(records, client);
    const actors = records.flatMap(({ index, time, actors: names }) =>
      names.map((name) => ({ index, actor: Buffer.from(this.#tags.actor(name, time)) })),
    );
    if (actors.length > 0) {
      const columns = [actors.map(({ actor }) => actor), actors.map(({ index }) => index)];
      await client.query({ name: 'access actors', text: INSERT_ACTORS, values: [this.#tenant, ...columns] });
    }
    const notice = batch.findLast(({ entry }) => decodeEntry(entry)?.class === ENTRY_CLASS.erasure);
    if (notice !== undefined) await client.query(DELETE_ERASED, [this.#tenant, notice.index]);
  };

  /** Empties the index; its follower begins anew at the first record. */
  async clear(client: Queryable): Promise<void> {
    await client.query('delete from access_entry where tenant = $1', [this.#tenant]);
    await client.query('delete from access_actor where tenant = $1', [this.#tenant]);
    await client.query('update follower_position set position = 0 where tenant = $1 and name = $2', [
      this.#tenant,
      ACCESS_INDEX,
    ]);
  }

  async #insertEntries(
    records: readonly (ReturnType<typeof accessRows> & { readonly index: bigint })[],
    client: Queryable,
  ): Promise<void> {
    const entries = records.flatMap(({ index, recordId, time, actors, subjects }) =>
      subjects.map(({ resources, ...subject }) => {
        const tags = this.#tags.of({ person: subject.person, index }, [...actors, ...resources]);
        return { ...subject, index, time, tags, event: auditEventId(recordId, subject.position) };
      }),
    );
    if (entries.length === 0) return;
    let start = 1;
    const starts = entries.map(({ tags }) => (start += tags.length) - tags.length);
    const values = [
      this.#tenant,
      entries.map(({ person }) => person),
      entries.map(({ subjectSeq }) => subjectSeq),
      entries.map(({ index }) => index),
      entries.map(({ position }) => position),
      entries.map(({ time }) => time),
      Buffer.concat(entries.map(({ tags }) => tags)),
      starts,
      entries.map(({ tags }) => tags.length),
      entries.map(({ event }) => event),
    ];
    await client.query({ name: 'access entries', text: INSERT_ENTRIES, values });
  }
}
