import { randomUUID } from 'node:crypto';
import {
  auditEventId,
  ENTRY_CLASS,
  recordedAccess,
  type SealableRecord,
  type SubjectDraft,
} from '#provenance';
import { RecordOpener } from '../log/record-opener.js';
import { SqlFollowerPositions } from '../log/sql-follower-positions.js';
import type { SqlLogStore } from '../log/sql-log-store.js';
import { inTransaction } from '../log/transaction.js';
import { LogScene } from '../testing/log-scene.js';
import { makeRecord, makeSubject } from '../testing/log-fixture.js';
import type { AccessEntry } from './access-index.js';
import { ACCESS_INDEX, AccessIndexWriter } from './access-index-writer.js';
import { SqlAccessIndex } from './sql-access-index.js';

const ANNA = randomUUID();
const BERT = randomUUID();

function about(person: string, ...resources: readonly string[]): SubjectDraft {
  const content = resources.map((resource) => {
    const [type = '', id = ''] = resource.split('/');
    return { type, id, versionId: 'v1', canon: Buffer.alloc(32) };
  });
  return { ...makeSubject(person), content };
}

function by(client: string, subjects: readonly SubjectDraft[], time?: string): SealableRecord {
  const record = makeRecord(subjects);
  const op = time === undefined ? record.op : { ...record.op, time };
  return { ...record, op, actor: { ...record.actor, client } };
}

const seqs = (entries: readonly AccessEntry[]) => entries.map(({ subjectSeq }) => Number(subjectSeq));

/** A record's id, UUIDv7. */
function idAt(timeMs: number): string {
  const hex = timeMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}

describe('SqlAccessIndex', () => {
  let scene: LogScene;
  let log: SqlLogStore;
  let index: SqlAccessIndex;
  let writer: AccessIndexWriter;

  beforeEach(async () => {
    scene = await LogScene.make();
    log = await scene.start();
    const context = { tenant: 'default', mac: scene.mac };
    index = new SqlAccessIndex(scene.database.pool, context, Date.now);
    writer = new AccessIndexWriter(context);
  });
  afterEach(() => scene.end());

  const seal = (...records: readonly SealableRecord[]) =>
    log.append(records.map((record) => ({ record, writes: [] })));

  const found = async (person: string) => seqs((await index.page({ persons: [person], limit: 10 })).entries);

  /** What a runner of followers does. */
  async function follow(): Promise<void> {
    const { pool } = scene.database;
    const positions = new SqlFollowerPositions(pool, 'default');
    const [from, { size }] = [await positions.position(ACCESS_INDEX), await log.head()];
    const batch = await new RecordOpener(pool, 'default', scene.vault()).openRange(from, size);
    await inTransaction(pool, async (client) => {
      await writer.handle(batch, client);
      await positions.advance(ACCESS_INDEX, from, size, client);
    });
  }

  it('finds what concerns a person, newest first, a page at a time', async () => {
    await seal(by('app', [about(ANNA)]), by('app', [about(BERT), about(ANNA)]), by('app', [about(ANNA)]));
    expect(await index.page({ persons: [ANNA], limit: 10 })).toEqual({ entries: [], next: undefined });
    await follow();
    const first = await index.page({ persons: [ANNA], limit: 2 });
    expect(seqs(first.entries)).toEqual([3, 2]);
    expect(first.entries[1]).toMatchObject({ person: ANNA, position: 1 });
    expect(first.next).toBeDefined();
    const rest = await index.page({
      persons: [ANNA],
      limit: 2,
      ...(first.next === undefined ? {} : { before: first.next }),
    });
    expect(seqs(rest.entries)).toEqual([1]);
    expect(rest.next).toBeUndefined();
    expect(await index.position()).toBe((await log.head()).size);
  });

  it('holds records of every class that concern a person', async () => {
    const classes = [ENTRY_CLASS.access, ENTRY_CLASS.intake, ENTRY_CLASS.binding, ENTRY_CLASS.configuration];
    await seal(...classes.map((each) => ({ ...by('app', [about(ANNA)]), class: each })));
    await follow();
    const { entries } = await index.page({ persons: [ANNA], limit: 10 });
    expect(entries).toHaveLength(classes.length);
  });

  it('finds by actor and by resource, of one person or of everybody', async () => {
    await seal(
      by('one', [about(ANNA, 'Observation/a', 'Condition/c'), about(BERT, 'Observation/b')]),
      by('two', [about(ANNA, 'Observation/a')]),
      by('two', [about(ANNA, 'Condition/c')]),
    );
    await follow();
    const of = async (query: Omit<Parameters<SqlAccessIndex['page']>[0], 'limit'>) =>
      seqs((await index.page({ ...query, limit: 10 })).entries);
    expect(await of({ persons: [ANNA], resource: 'Condition/c' })).toEqual([3, 1]);
    expect(await of({ persons: [ANNA], resource: 'Condition/c', actor: 'client:one' })).toEqual([1]);
    expect(await of({ persons: [BERT], resource: 'Condition/c' })).toEqual([]);
    expect(await of({ actor: 'client:two' })).toEqual([3, 2]);
    expect(await of({ actor: 'client:one' })).toEqual([1, 1]);
    expect(await of({ actor: 'user:one' })).toEqual([]);
    await expect(index.page({ resource: 'Condition/c', limit: 10 })).rejects.toMatchObject({
      code: 'invalid-value',
    });
    await expect(index.page({ limit: 1_001 })).rejects.toMatchObject({ code: 'invalid-value' });
  });

  it('finds by time, in half-open periods, and counts what a period holds', async () => {
    const times = ['2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'];
    await seal(...times.map((time) => by('app', [about(ANNA)], time)));
    await follow();
    const february = { fromMs: Date.UTC(2026, 1), toMs: Date.UTC(2026, 2) };
    expect(seqs((await index.page({ persons: [ANNA], ...february, limit: 5 })).entries)).toEqual([2]);
    expect(seqs((await index.page({ actor: 'client:app', ...february, limit: 5 })).entries)).toEqual([2]);
    expect(await index.counts(ANNA, february)).toEqual({
      count: 1,
      firstSeq: 2n,
      lastSeq: 2n,
      gaps: [],
      givenSeq: 3n,
    });
    expect(await index.counts(ANNA, {})).toMatchObject({ count: 3, firstSeq: 1n, lastSeq: 3n });
    const below = (await log.head()).size - 1n;
    expect(await index.counts(ANNA, { below })).toMatchObject({ count: 2, lastSeq: 2n, givenSeq: 3n });
    expect(await index.counts(randomUUID(), {})).toEqual({
      count: 0,
      firstSeq: undefined,
      lastSeq: undefined,
      gaps: [],
      givenSeq: 0n,
    });
  });

  it('names the numbers that somebody took out of it', async () => {
    await seal(...Array.from({ length: 6 }, () => by('app', [about(ANNA)])));
    await follow();
    await scene.database.admin('delete from access_entry where subject_seq in (2, 4, 5)');
    expect(await index.counts(ANNA, {})).toMatchObject({
      count: 3,
      gaps: [
        { from: 2n, to: 2n },
        { from: 4n, to: 5n },
      ],
    });
  });

  it('finds the records of an actor, those that concern nobody too, by the time of their ids', async () => {
    const times = ['2026-01-31T23:59:59.999Z', '2026-02-01T00:00:00.000Z', '2026-02-28T00:00:00.000Z'];
    const made = times.map((time) => {
      const record = by('app', time === times[1] ? [] : [about(ANNA), about(BERT)], time);
      return { ...record, op: { ...record.op, id: idAt(Date.parse(time)) } };
    });
    await seal(...made);
    await follow();
    const { size } = await log.head();
    const [first, second, third] = [size - 3n, size - 2n, size - 1n];
    const of = (query: object) => index.recordsOf({ actor: 'client:app', limit: 10, ...query });
    expect(await of({})).toEqual([third, second, first]);
    expect(await of({ before: third, limit: 1 })).toEqual([second]);
    expect(await of({ fromMs: Date.UTC(2026, 1), toMs: Date.UTC(2026, 1, 28) })).toEqual([second]);
    expect(await index.recordsOf({ actor: 'client:other', limit: 10 })).toEqual([]);
    await expect(of({ limit: 0 })).rejects.toMatchObject({ code: 'invalid-value' });
  });

  it('gives what came after a place, oldest first', async () => {
    await seal(by('app', [about(ANNA)]), by('app', [about(ANNA)]), by('app', [about(ANNA)]));
    await follow();
    const [newest, middle, oldest] = (await index.page({ persons: [ANNA], limit: 3 })).entries;
    if (oldest === undefined) throw new Error('three entries');
    expect(await index.after(ANNA, oldest, 10)).toEqual([middle, newest]);
    expect(await index.after(ANNA, oldest, 1)).toEqual([middle]);
  });

  it('leads to the record that says what was done', async () => {
    const [, sealed] = await seal(
      by('app', [about(BERT)]),
      by('app', [about(BERT), about(ANNA, 'Observation/a')]),
    );
    await follow();
    const [entry] = (await index.page({ persons: [ANNA], limit: 1 })).entries;
    const opener = new RecordOpener(scene.database.pool, 'default', scene.vault());
    const record = await opener.openRecord(entry?.index ?? -1n);
    expect(recordedAccess(record, entry?.position ?? -1)).toMatchObject({
      index: sealed?.index,
      leaf: Buffer.from(sealed?.leaf ?? []).toString('hex'),
      class: ENTRY_CLASS.access,
      interaction: 'read',
      actor: { client: 'app', user: null, purpose: 'TREAT' },
      person: ANNA,
      subjectSeq: 1n,
      items: [{ type: 'Observation', id: 'a', versionId: 'v1' }],
      decision: { effect: 'permit', code: null, basis: [`policy:own-access@${'ab'.repeat(32)}`] },
    });
    expect(recordedAccess(record, 2)).toBeUndefined();
    await scene.vault().destroy({ kind: 'person', person: ANNA });
    const later = await new RecordOpener(scene.database.pool, 'default', scene.vault()).openRecord(
      record.index,
    );
    expect(recordedAccess(later, 1)).toBeUndefined();
    expect(recordedAccess(later, 0)).toMatchObject({ person: BERT });
  });

  it('gives the entry of an AuditEvent by its id', async () => {
    const record = by('app', [about(BERT), about(ANNA)]);
    await seal(record);
    await follow();
    const event = auditEventId(record.op.id, 1);
    expect(await index.ofEvent(event)).toMatchObject({ person: ANNA, position: 1, event });
    expect(await index.ofEvent(auditEventId(record.op.id, 2))).toBeUndefined();
    expect(await index.ofEvent('no uuid')).toBeUndefined();
  });

  it('changes nothing where a batch is handled twice, and is the same when it is made anew', async () => {
    await seal(by('app', [about(ANNA, 'Observation/a')]), by('app', [about(BERT)]));
    await follow();
    const rows = () => scene.database.admin('select * from access_entry order by idx, position');
    const before = (await rows()).rows;
    const { pool } = scene.database;
    const { size } = await log.head();
    const all = await new RecordOpener(pool, 'default', scene.vault()).openRange(0n, size);
    await writer.handle(all, pool);
    expect((await rows()).rows).toEqual(before);
    await writer.clear(pool);
    expect((await rows()).rows).toEqual([]);
    expect(await index.position()).toBe(0n);
    await follow();
    expect((await rows()).rows).toEqual(before);
  });

  it('forgets an erased person with the notice of it, and does not find her when it is made anew', async () => {
    await seal(by('app', [about(ANNA, 'Observation/a')]), by('app', [about(BERT)]));
    await follow();
    await scene.vault().destroy({ kind: 'person', person: ANNA });
    await seal({ ...by('administrator', []), class: ENTRY_CLASS.erasure });
    await follow();
    expect((await index.page({ persons: [ANNA], limit: 10 })).entries).toEqual([]);
    expect((await index.page({ persons: [BERT], limit: 10 })).entries).toHaveLength(1);
    await writer.clear(scene.database.pool);
    await follow();
    expect((await index.page({ persons: [ANNA], limit: 10 })).entries).toEqual([]);
    expect((await index.page({ persons: [BERT], limit: 10 })).entries).toHaveLength(1);
  });

  it('keeps what concerns a person who was named again since she was erased, whatever else is erased', async () => {
    const notice = (): SealableRecord => ({ ...by('administrator', []), class: ENTRY_CLASS.erasure });
    await seal(by('app', [about(ANNA)]), by('app', [about(BERT)]));
    await scene.vault().destroy({ kind: 'person', person: ANNA });
    await log.close();
    log = await scene.start({ gateway: 'g2' });
    await seal(notice(), by('app', [about(ANNA)]));
    await follow();
    expect(await found(ANNA)).toEqual([2]);
    await scene.vault().destroy({ kind: 'person', person: BERT });
    await seal(notice());
    await follow();
    expect([await found(ANNA), await found(BERT)]).toEqual([[2], []]);
    await writer.clear(scene.database.pool);
    await follow();
    expect([await found(ANNA), await found(BERT)]).toEqual([[2], []]);
  });

  it('shows a reader of the database no equal tags, and no names', async () => {
    await seal(by('app', [about(ANNA, 'Observation/a')]), by('app', [about(ANNA, 'Observation/a')]));
    await follow();
    const { rows } = await scene.database.admin('select tags from access_entry');
    const tags = rows.map(({ tags: bytes }: { tags: Buffer }) => bytes.toString('latin1'));
    expect(tags).toHaveLength(2);
    expect(tags.map((text) => text.length)).toEqual([16, 16]);
    const pieces = tags.flatMap((text) => [text.slice(0, 8), text.slice(8)]);
    expect(new Set(pieces).size).toBe(4);
    const { rows: actors } = await scene.database.admin(
      `select position('app'::bytea in actor) as at from access_actor where actor <> ''`,
    );
    expect(actors).toEqual([{ at: 0 }, { at: 0 }]);
  });
});
