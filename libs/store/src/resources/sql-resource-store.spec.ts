import { permitTask, type ServePermit } from '#consent';
import { prepareDeletion } from '../prepare-version.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { NOW_MS, StoreWorld } from '../testing/store-world.js';
import { observation, searchOf } from '../testing/world-parts.js';
import { SqlResourceStore } from './sql-resource-store.js';

const HIV = { coding: [{ system: 'http://loinc.org', code: '75622-1' }] };
const SENSITIVE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV';

function idsOf(page: { readonly rows: readonly { readonly id: string }[] }): string[] {
  return page.rows.map(({ id }) => id);
}

describe('SqlResourceStore', () => {
  let database: TestDatabase;
  let world: StoreWorld;
  let permit: ServePermit;
  beforeAll(async () => {
    database = await openTestDatabase();
    world = await StoreWorld.open(database);
    for (const patient of ['ann', 'ben', 'cai']) {
      await world.addPatient(patient);
      for (const n of [1, 2, 3, 4, 5]) {
        await world.put(observation(`${patient}-${n}`, patient, { effectiveDateTime: `2026-01-0${n}` }));
      }
    }
    await world.grant({ patient: 'ann' });
    await world.grant({ patient: 'ben', classes: ['Observation'], purposes: ['TREAT'] });
    permit = await world.permit('app', ['Observation', 'Patient']);
  }, 120_000);
  afterAll(() => database.close());

  describe('read', () => {
    it('gives the exact bytes of what is visible', async () => {
      const found = await world.store.read(permit, { type: 'Observation', id: 'ann-1' });
      expect(found).toMatchObject({ kind: 'found', stored: { id: 'ann-1', current: true, deleted: false } });
      const bytes = found.kind === 'found' ? Buffer.from(found.stored.bytes).toString() : '';
      expect(bytes).toMatch(
        /^\{"resourceType":"Observation","id":"ann-1","meta":\{"versionId":"[A-Za-z0-9]{16}"/,
      );
      expect(found.sawPosition).toBe(permit.predicate.asOf.position);
    });

    it('names the owners of what is hidden, and nobody for what was never there', async () => {
      const hidden = await world.store.read(permit, { type: 'Observation', id: 'cai-1' });
      expect(hidden).toEqual({
        kind: 'absent',
        owners: { persons: [{ patient: 'cai', person: world.persons.get('cai') }] },
        sawPosition: permit.predicate.asOf.position,
      });
      await expect(world.store.read(permit, { type: 'Observation', id: 'nobody' })).resolves.toMatchObject({
        kind: 'absent',
        owners: { persons: [] },
      });
    });

    it('keeps to the classes and purposes of the grant, and to the scopes of the token', async () => {
      const ben = { type: 'Patient', id: 'ben' };
      await expect(world.store.read(permit, ben)).resolves.toMatchObject({ kind: 'absent' });
      const research = await world.permit('app', ['*'], 'HRESCH');
      await expect(world.store.read(research, { type: 'Observation', id: 'ben-1' })).resolves.toMatchObject({
        kind: 'absent',
      });
      await expect(world.store.read(research, { type: 'Observation', id: 'ann-1' })).resolves.toMatchObject({
        kind: 'found',
      });
      const narrow = await world.permit('app', ['Patient']);
      await expect(world.store.read(narrow, { type: 'Observation', id: 'ann-1' })).resolves.toMatchObject({
        kind: 'absent',
      });
    });

    it('refuses an expired permit, one of another tenant, and a look-alike', async () => {
      const late = new SqlResourceStore({
        ...world.context,
        pool: database.pool,
        cursorKey: new Uint8Array(32),
        clock: () => NOW_MS + 3_600_000,
      });
      const ref = { type: 'Observation', id: 'ann-1' };
      await expect(late.read(permit, ref)).rejects.toMatchObject({ code: 'overloaded' });
      const other = new SqlResourceStore({
        ...world.context,
        tenant: 'other',
        pool: database.pool,
        cursorKey: new Uint8Array(32),
        clock: () => NOW_MS,
      });
      await expect(other.read(permit, ref)).rejects.toMatchObject({ code: 'internal' });
      const { predicate, basis, obligations, expiresMs } = permit;
      const alike = { kind: 'serve', predicate, basis, obligations, expiresMs } as const;
      // @ts-expect-error a look-alike lacks the private member
      await expect(world.store.read(alike, ref)).rejects.toMatchObject({ code: 'internal' });
    });
  });

  describe('vread and history', () => {
    it('judges an old version by the current one as well', async () => {
      const [first] = await world.put(observation('ann-turned', 'ann'));
      await world.put(observation('ann-turned', 'ann', { code: HIV }));
      const closed = await world.grant({ patient: 'ann', client: 'careful', except: [SENSITIVE] });
      expect(closed.kind).toBe('permit');
      const careful = await world.permit('careful', ['Observation']);
      const ref = { type: 'Observation', id: 'ann-turned' };
      const old = first?.versionId ?? '';
      await expect(world.store.vread(careful, ref, old)).resolves.toMatchObject({ kind: 'absent' });
      await expect(world.store.history(careful, ref, searchOf('Observation', ''))).resolves.toMatchObject({
        rows: [],
      });
      const open = await world.permit('app', ['Observation']);
      await expect(world.store.vread(open, ref, old)).resolves.toMatchObject({
        kind: 'found',
        stored: { versionId: old, current: false },
      });
    });

    it('pages through the versions, newest first', async () => {
      const written = [];
      for (const status of ['preliminary', 'final', 'amended']) {
        written.push(...(await world.put(observation('ann-h', 'ann', { status }))));
      }
      const ref = { type: 'Observation', id: 'ann-h' };
      const fresh = await world.permit('app', ['Observation']);
      const first = await world.store.history(fresh, ref, searchOf('Observation', '_count=2'));
      const second = await world.store.history(
        fresh,
        ref,
        searchOf('Observation', `_count=2&_cursor=${first.next}`),
      );
      const ids = [...first.rows, ...second.rows].map(({ versionId }) => versionId);
      expect(ids).toEqual(written.map(({ versionId }) => versionId).toReversed());
      expect(second.next).toBeUndefined();
      await expect(
        world.store.history(
          fresh,
          { type: 'Observation', id: 'ann-1' },
          searchOf('Observation', `_cursor=${first.next}`),
        ),
      ).rejects.toMatchObject({ code: 'invalid-value', expression: ['_cursor'] });
    });
  });

  describe('search', () => {
    it('gives the visible matches alone, page by page, and counts them alone', async () => {
      const pages: string[][] = [];
      let next: string | undefined;
      do {
        const cursor = next === undefined ? '' : `&_cursor=${next}`;
        const page = await world.store.search(
          permit,
          searchOf(
            'Observation',
            `date=ge2026-01-02&date=lt2026-01-05&_sort=date,_id&_count=4&_total=accurate${cursor}`,
          ),
        );
        expect(page.total).toBe(6);
        pages.push(idsOf(page));
        next = page.next;
      } while (next !== undefined && pages.length < 9);
      expect(pages.map(({ length }) => length)).toEqual([4, 2]);
      expect(pages.flat()).toEqual(['ann-2', 'ben-2', 'ann-3', 'ben-3', 'ann-4', 'ben-4']);
      const counted = await world.store.search(permit, searchOf('Observation', 'patient=ben&_summary=count'));
      expect(counted).toMatchObject({ rows: [], total: 5, next: undefined });
    });

    it('gives an empty page for what is hidden as for what is not there', async () => {
      const hidden = await world.store.search(permit, searchOf('Observation', 'patient=cai'));
      const nobody = await world.store.search(permit, searchOf('Observation', 'patient=nobody'));
      expect(hidden).toEqual(nobody);
      expect(hidden.rows).toEqual([]);
    });

    it('takes a cursor from the caller and the query that it was made for, and from nobody else', async () => {
      const { next } = await world.store.search(permit, searchOf('Observation', 'patient=ann&_count=2'));
      const again = `patient=ann&_count=2&_cursor=${next}`;
      const second = await world.store.search(permit, searchOf('Observation', again));
      expect(second.rows).toHaveLength(2);
      const refusal = { code: 'invalid-value', expression: ['_cursor'] };
      for (const [asked, query] of [
        [await world.permit('other', ['Observation']), again],
        [await world.permit('app', ['Observation'], 'HRESCH'), again],
        [permit, `patient=ben&_count=2&_cursor=${next}`],
        [permit, `patient=ann&_cursor=${next?.slice(0, -4)}AAAA`],
        [permit, 'patient=ann&_cursor=abc'],
      ] as const) {
        await expect(world.store.search(asked, searchOf('Observation', query))).rejects.toMatchObject(
          refusal,
        );
      }
    });

    it('hides at once what was revoked, on the next page too', async () => {
      await world.addPatient('dan');
      await world.put(...[1, 2, 3].map((n) => observation(`dan-${n}`, 'dan')));
      const grant = await world.grant({ patient: 'dan' });
      const asked = await world.permit('app', ['Observation']);
      const first = await world.store.search(asked, searchOf('Observation', 'patient=dan&_count=2'));
      expect(first.rows).toHaveLength(2);
      const { subject, grantId } = grant;
      await world.apply([{ kind: 'latch', subject, grantId, latch: 'revoked', version: 1, atMs: NOW_MS }]);
      await expect(
        world.store.search(asked, searchOf('Observation', `patient=dan&_count=2&_cursor=${first.next}`)),
      ).resolves.toMatchObject({ rows: [], next: undefined });
    });
  });

  describe('deletion', () => {
    it('is seen by who could see the version before, and found by no search', async () => {
      await world.put(observation('ann-gone', 'ann'));
      const ref = { type: 'Observation', id: 'ann-gone' };
      const before = await world.store.read(permit, ref);
      if (before.kind === 'found') {
        const version = prepareDeletion(before.stored, {
          source: 'north',
          versionId: 'deletedDeletedDe',
          lastUpdatedMs: NOW_MS,
        });
        await world.apply([{ kind: 'version', version }]);
      }
      await expect(world.store.read(permit, ref)).resolves.toMatchObject({
        kind: 'found',
        stored: { deleted: true },
      });
      const stranger = await world.permit('stranger', ['Observation']);
      await expect(world.store.read(stranger, ref)).resolves.toMatchObject({ kind: 'absent' });
      const page = await world.store.search(permit, searchOf('Observation', '_id=ann-gone'));
      expect(page.rows).toEqual([]);
    });
  });

  describe('integrity', () => {
    it.each([
      ['bytes', `update resource_version set bytes = bytes || '\\x20' where id = $1`],
      ['a label', `update resource_version set labels = '{}' where id = $1`],
      ['a digest', `update resource_version set digest = '\\x00' where id = $1`],
      ['its deletion', `update resource_version set deleted = true where id = $1`],
      ['the clinical time', `update resource_version set time_lo = '-infinity' where id = $1`],
      [
        'a patient',
        `insert into version_patient select tenant, type, id, version_id, 'ben', 'other' from resource_version where id = $1`,
      ],
      ['the role of a patient', `update version_patient set role = 'other' where id = $1`],
    ])('finds a version of which %s was changed', async (what, sql) => {
      const id = `ann-x-${what.replaceAll(' ', '-')}`;
      await world.put(observation(id, 'ann'));
      const ref = { type: 'Observation', id };
      await expect(world.store.read(permit, ref)).resolves.toMatchObject({ kind: 'found' });
      await database.admin(sql, [id]);
      const read = world.store.read(permit, ref);
      await expect(read).rejects.toMatchObject({
        code: 'integrity-failure',
        details: expect.stringMatching(new RegExp(`^Observation/${id}/[A-Za-z0-9]{16}$`)),
      });
    });

    it('finds a link that was turned to a person who permits, in a read, a history and a search', async () => {
      await world.addPatient('fay');
      await world.put(observation('fay-1', 'fay'));
      const ref = { type: 'Observation', id: 'fay-1' };
      await expect(world.store.read(permit, ref)).resolves.toMatchObject({ kind: 'absent' });
      await database.admin(`update person_link set person = $1 where patient = 'fay'`, [
        world.persons.get('ann'),
      ]);
      const failure = { code: 'integrity-failure', details: 'person_link/fay' };
      await expect(world.store.read(permit, ref)).rejects.toMatchObject(failure);
      const history = world.store.history(permit, ref, searchOf('Observation', ''));
      await expect(history).rejects.toMatchObject(failure);
      const search = world.store.search(permit, searchOf('Observation', '_id=fay-1'));
      await expect(search).rejects.toMatchObject(failure);
    });

    it('does not tell a fault in what is hidden', async () => {
      await world.put(observation('cai-x', 'cai'));
      await database.admin(`update resource_version set labels = '{}' where id = 'cai-x'`);
      await expect(world.store.read(permit, { type: 'Observation', id: 'cai-x' })).resolves.toMatchObject({
        kind: 'absent',
      });
    });
  });

  it('scans every version for a task of the system, and for nobody else', async () => {
    const own = await openTestDatabase();
    const small = await StoreWorld.open(own);
    await small.addPatient('eva');
    await small.put(observation('eva-1', 'eva'), observation('eva-2', 'eva'));
    const first = await small.store.scan(permitTask('integrity-scan'), 0n, 2);
    const rest = await small.store.scan(permitTask('integrity-scan'), first.at(-1)?.seq ?? 0n, 9);
    expect([...first, ...rest].map(({ id }) => id)).toEqual(['eva', 'eva-1', 'eva-2']);
    // @ts-expect-error a look-alike lacks the private member
    await expect(small.store.scan({ kind: 'operate', task: 'reindex' }, 0n, 1)).rejects.toMatchObject({
      code: 'internal',
    });
    await own.close();
  });
});
