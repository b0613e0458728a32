import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseBundle, readAccess, verifyBundle, type AppendItem, type SubjectDraft } from '#provenance';
import type { RowChange } from '#store';
import { makeItem, makeSubject, makeWrite } from '../../../../libs/store/src/testing/log-fixture.js';
import { AuditWorld } from '../testing/audit-world.js';
import { showTimeline } from './show-timeline.js';

const rowSchema = z.object({
  access: z.looseObject({
    index: z.string(),
    interaction: z.string(),
    actor: z.looseObject({ client: z.string() }),
    subjects: z.array(z.looseObject({ kind: z.string(), person: z.string().optional() })),
  }),
  others: z.number(),
  receipt: z.looseObject({ tlogProof: z.string() }),
});
const pageSchema = z.object({
  checkpoint: z.string(),
  indexed: z.string(),
  rows: z.array(z.union([rowSchema, z.object({ altered: z.string() })])),
  next: z.string().optional(),
});

type Page = z.infer<typeof pageSchema>;

function wholeRows({ rows }: Page) {
  return rows.flatMap((row) => ('access' in row ? [row] : []));
}

function indexes(page: Page): readonly bigint[] {
  return wholeRows(page).map(({ access }) => BigInt(access.index));
}

describe('a timeline', () => {
  let world: AuditWorld;
  let anna: { readonly person: string; readonly patient: string };
  let observation: string;
  const own: bigint[] = [];

  beforeAll(async () => {
    world = await AuditWorld.make();
    anna = { person: randomUUID(), patient: randomUUID() };
    observation = randomUUID();
    own.push(...(await world.seal(makeWrite({ ...anna, id: observation }))));
    own.push(...(await world.seal(reading([about(anna, observation), makeSubject()]))));
    own.push(...(await world.seal(reading([refusal(anna)]))));
    await world.seal(reading([makeSubject()]));
  });
  afterAll(() => world.scene.end());

  const ask = async (query: object) => {
    const { status, body } = await world.ask(showTimeline, query);
    expect(status).toBe(200);
    return pageSchema.parse(body);
  };

  it('tells who did what with a person’s data, newest first, without whom else the record concerns', async () => {
    const page = await ask({ patient: anna.patient });
    expect(indexes(page)).toEqual(own.toReversed());
    expect(wholeRows(page)[1]).toMatchObject({
      access: {
        interaction: 'read',
        actor: { client: 'app-1', purpose: 'TREAT' },
        subjects: [
          {
            kind: 'shown',
            person: anna.person,
            patient: anna.patient,
            effect: 'permit',
            basis: [{ kind: 'policy', policy: 'own-access' }],
            resources: [{ type: 'Observation', id: observation, version: 'v1' }],
          },
        ],
      },
      others: 1,
    });
    expect(wholeRows(page)[0]).toMatchObject({
      access: { outcome: 'success', subjects: [{ effect: 'refusal', code: 'consent-denied' }] },
    });
  });

  it('proves each row under the one checkpoint of the answer, by the row’s receipt alone', async () => {
    const page = await ask({ patient: anna.patient });
    for (const { access, receipt } of wholeRows(page)) {
      const bundle = parseBundle(JSON.stringify(receipt));
      expect(verifyBundle(bundle, world.scene.keys.policy).kind).toBe('valid-not-anchored');
      expect(readAccess(bundle)).toEqual(access);
      expect(bundle.tlogProof.endsWith(page.checkpoint)).toBe(true);
    }
  });

  it('is sealed with the persons whose records it shows, and is in their timelines from then on', async () => {
    await ask({ patient: anna.patient, _count: '2' });
    await world.follow();
    const [newest] = wholeRows(await ask({ patient: anna.patient, actor: 'client:auditor-app' }));
    expect(newest?.access).toMatchObject({
      interaction: 'audit-timeline',
      subjects: [{ person: anna.person, effect: 'permit' }],
    });
    expect(newest?.receipt).toMatchObject({ openings: expect.anything() });
    const opened = await world.records.openRecord(BigInt(newest?.access.index ?? -1));
    const links = opened.groups.find(({ group }) => group === 'sub:0/links');
    expect(JSON.parse(Buffer.from(links?.bytes ?? []).toString())).toHaveProperty('records');
  });

  it('finds a resource without its patient, and an actor’s records with all whom they concern', async () => {
    expect(indexes(await ask({ resource: `Observation/${observation}` }))).toEqual([own[1], own[0]]);
    const page = await ask({ actor: 'client:app-1' });
    const read = wholeRows(page).find(({ access }) => BigInt(access.index) === own[1]);
    expect(read).toMatchObject({ access: { subjects: [{ position: 0 }, { position: 1 }] }, others: 0 });
  });

  it('goes on where a page ended', async () => {
    const seen: bigint[] = [];
    let cursor: string | undefined;
    do {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      const page = await ask({
        patient: anna.patient,
        actor: 'client:app-1',
        _count: '1',
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(page.rows.length).toBeLessThanOrEqual(1);
      seen.push(...indexes(page));
      cursor = page.next;
    } while (cursor !== undefined && seen.length < 10);
    expect(seen).toEqual(own.toReversed());
  });

  it('has nothing of a time before, of a patient who is not there, and of one who is linked elsewhere', async () => {
    const before = await ask({ patient: anna.patient, to: '2026-01-01' });
    expect(before.rows).toEqual([]);
    expect((await ask({ patient: randomUUID() })).rows).toEqual([]);
    expect((await ask({ resource: `Observation/${randomUUID()}` })).rows).toEqual([]);
  });

  it('leaves a person’s records to those who were her Patients at the time', async () => {
    const one = { person: randomUUID(), patient: randomUUID() };
    const other = { person: one.person, patient: randomUUID() };
    const [first] = await world.seal(makeWrite({ ...one, id: randomUUID() }));
    await world.seal(makeWrite({ ...other, id: randomUUID() }));
    const atMs = Date.now() + 1;
    await world.seal({
      ...makeItem([]),
      writes: [
        { kind: 'unlink', patient: other.patient, atMs },
        { kind: 'link', patient: other.patient, person: randomUUID(), grade: 'certain', atMs },
      ],
    });
    const [later] = await world.seal(late(reading([about(one, randomUUID())]), atMs + 1_000));
    expect(indexes(await ask({ patient: one.patient }))[0]).toBe(later);
    const left = indexes(await ask({ patient: other.patient }));
    expect(left).not.toContain(later);
    expect(left).toContain(first);
  });

  it('shows that a person was erased, and what is left of the record', async () => {
    const gone = { person: randomUUID(), patient: randomUUID() };
    const [, index] = await world.seal(
      makeWrite({ ...gone, id: randomUUID() }),
      reading([about(gone, randomUUID())]),
    );
    await world.vault.destroy({ kind: 'person', person: gone.person });
    const row = wholeRows(await ask({ patient: gone.patient }))[0];
    expect(row?.access).toMatchObject({
      index: String(index),
      actor: { client: 'app-1' },
      subjects: [{ kind: 'erased', position: 0 }],
    });
    const bundle = parseBundle(JSON.stringify(row?.receipt));
    expect(verifyBundle(bundle, world.scene.keys.policy).kind).toBe('erased');
  });

  it('names a record that was altered, tells operators, and shows the others', async () => {
    const bert = { person: randomUUID(), patient: randomUUID() };
    const [, index] = await world.seal(
      makeWrite({ ...bert, id: randomUUID() }),
      reading([about(bert, randomUUID())]),
    );
    await world.scene.database.admin('update log_private set sealed = $1 where idx = $2 and part = $3', [
      randomBytes(64),
      index,
      'sub:0',
    ]);
    const page = await ask({ patient: bert.patient });
    expect(page.rows).toMatchObject([{ altered: String(index) }, { access: {} }]);
    expect(world.incidents).toContain('integrity-failure');
  });

  it.each([
    ['nothing that it is about', {}],
    ['a parameter that there is not', { patient: 'p', sort: 'time' }],
    ['more rows than a page has', { patient: 'p', _count: '51' }],
    ['no resource', { resource: 'Observation' }],
    ['no actor', { actor: 'app' }],
    ['no time', { patient: 'p', from: 'yesterday' }],
    ['no cursor', { patient: 'p', cursor: '1' }],
  ])('refuses a query with %s', async (_what, query) => {
    expect((await world.ask(showTimeline, query)).status).toBe(400);
  });

  it.each(['steward', 'administrator', 'relay'])(
    'is closed to a %s, and says so in the log',
    async (role) => {
      const { status, served } = await world.ask(showTimeline, { patient: anna.patient, wrong: 'x' }, role);
      expect(status).toBe(403);
      if (served.kind !== 'sealed') throw new Error('not sealed');
      const { groups } = await world.records.openRecord(served.sealed.seal.index);
      const op = groups.find(({ group }) => group === 'op');
      expect(JSON.parse(Buffer.from(op?.bytes ?? []).toString())).toMatchObject({
        interaction: 'audit-timeline',
        outcome: 'scope-insufficient',
        status: 403,
      });
    },
  );
});

function reading(subjects: readonly SubjectDraft[]): AppendItem<RowChange> {
  return makeItem(subjects);
}

function late({ record, writes }: AppendItem<RowChange>, timeMs: number): AppendItem<RowChange> {
  return { record: { ...record, op: { ...record.op, time: new Date(timeMs).toISOString() } }, writes };
}

function about({ person, patient }: { person: string; patient: string }, id: string): SubjectDraft {
  const content = [{ type: 'Observation', id, versionId: 'v1', canon: randomBytes(32) }];
  return { ...makeSubject(person), patient, content };
}

function refusal({ person, patient }: { person: string; patient: string }): SubjectDraft {
  const decision = { effect: 'refusal', code: 'consent-denied', basis: [], obligations: [] } as const;
  return { ...makeSubject(person), patient, decision };
}
