import type { Facts, Predicate } from '#consent';
import { compileHistory, compileRead, compileVread } from '#search';
import { openSmallStore, type Row, type SmallStore, versionRow } from './small-store.js';

const PERSON = '00000000-0000-7000-8000-000000000001';
const RECORD = '00000000-0000-7000-8000-0000000000ff';
const ref = { type: 'Observation', id: 'o' };
const NORMAL = ['l|N'];
const SECRET = ['l|HIV'];

const asked: Predicate = {
  tenant: 't0',
  actors: ['client:a'],
  purpose: 'TREAT',
  action: 'access',
  scopes: [{ type: '*', criteria: [] }],
  asOf: { number: 1n, hash: '0x', position: 5n },
  now: { lo: 0, hi: 0 },
  directory: false,
};

/** A resource whose versions, oldest first, have these labels; the last is the current one. */
function versionsOf(id: string, labels: readonly (readonly string[])[]): readonly Row[] {
  const facts: Omit<Facts, 'labels' | 'versionId'> = {
    type: 'Observation',
    id,
    codes: ['s|c'],
    labelRules: '1',
    targets: [],
    authors: ['?'],
    related: ['?'],
    source: 's',
    time: null,
  };
  return labels.map((own, place) => ({
    ...versionRow('t0', { ...facts, labels: own, versionId: `v${place}` }),
    current: place === labels.length - 1,
  }));
}

function ruleOf(ordinal: number, effect: 'permit' | 'deny', labels: readonly string[] | null): Row {
  return {
    tenant: 't0',
    consent: 'c',
    ordinal,
    person: PERSON,
    kind: 'permit',
    effect,
    actors: ['client:a'],
    labels,
    period_from: '-infinity',
    period_to: 'infinity',
    window_from: '-infinity',
    window_to: 'infinity',
    valid_from: '-infinity',
    valid_to: 'infinity',
    from_position: 1,
    mac: '\\x',
  };
}

describe('versions of a resource, on a real PostgreSQL', () => {
  let store: SmallStore;
  const history = async (id: string, count: number, after?: string): Promise<readonly unknown[]> => {
    const rows = await store.run(compileHistory({ ...ref, id }, asked, { count, after }));
    return rows.map((row) => row['version_id']).filter((version) => version !== null);
  };
  const visible = async (id: string, version: string): Promise<unknown> => {
    const [row] = await store.run(compileVread({ ...ref, id }, version, asked));
    return row?.['visible'];
  };

  beforeAll(async () => {
    store = await openSmallStore();
    const versions = [
      ...versionsOf('was-secret', [NORMAL, SECRET, NORMAL]),
      ...versionsOf('is-secret', [NORMAL, SECRET]),
      ...versionsOf('plain', [NORMAL, NORMAL, NORMAL]),
    ];
    await store.insert('resource_version', versions);
    await store.insert(
      'version_patient',
      versions.map(({ tenant, type, id, version_id }) => ({
        tenant,
        type,
        id,
        version_id,
        patient: 'p',
        role: 'subject',
      })),
    );
    await store.insert('person_link', [
      {
        tenant: 't0',
        patient: 'p',
        person: PERSON,
        grade: 'certain',
        from_time: '-infinity',
        record_id: RECORD,
        mac: '\\x',
      },
    ]);
    await store.insert('person_version', [{ tenant: 't0', person: PERSON, version: 9 }]);
    await store.insert('consent_rule', [ruleOf(0, 'permit', null), ruleOf(1, 'deny', SECRET)]);
  }, 120_000);
  afterAll(() => store.close());

  it('shows an older version only if it and the current one are visible', async () => {
    expect(await visible('was-secret', 'v0')).toBe(true);
    expect(await visible('was-secret', 'v1')).toBe(false);
    expect(await visible('was-secret', 'v2')).toBe(true);
    expect(await visible('is-secret', 'v0')).toBe(false);
    expect(await visible('is-secret', 'nonsense')).toBe(false);
  });

  it('lists visible versions, newest first, and nothing of what is hidden now', async () => {
    expect(await history('was-secret', 10)).toEqual(['v2', 'v0']);
    expect(await history('is-secret', 10)).toEqual([]);
    expect(await history('never-there', 10)).toEqual([]);
  });

  it('pages a history by the last version seen, with one row more where there is another page', async () => {
    expect(await history('plain', 1)).toEqual(['v2', 'v1']);
    expect(await history('plain', 1, 'v2')).toEqual(['v1', 'v0']);
    expect(await history('plain', 1, 'v1')).toEqual(['v0']);
  });

  it('hides older versions from a granular scope, whose index rows are those of the current one', async () => {
    const criteria = [{ param: 'p', modifier: 'missing', missing: true, values: [] }] as const;
    const granular = { ...asked, scopes: [{ type: 'Observation', criteria }] };
    const [older] = await store.run(compileVread({ ...ref, id: 'plain' }, 'v0', granular));
    const [current] = await store.run(compileVread({ ...ref, id: 'plain' }, 'v2', granular));
    expect([older?.['visible'], current?.['visible']]).toEqual([false, true]);
  });

  it('gives bytes or owners in one row, and the position that it saw', async () => {
    const [hidden] = await store.run(compileRead({ ...ref, id: 'is-secret' }, asked));
    expect(hidden).toMatchObject({
      visible: false,
      bytes: null,
      saw_position: '-1',
      patients: [{ patient: 'p', role: 'subject', link: { person: PERSON, grade: 'certain' }, version: '9' }],
    });
    const [absent] = await store.run(compileRead({ ...ref, id: 'never-there' }, asked));
    expect(absent).toMatchObject({ visible: false, bytes: null, id: null, patients: [] });
    const [shown] = await store.run(compileRead({ ...ref, id: 'plain' }, asked));
    expect(shown).toMatchObject({ visible: true, version_id: 'v2', bytes: expect.anything() });
  });
});
