import { randomUUID } from 'node:crypto';
import { resourceIdOf } from '#normalize';
import { RULES_CHANGED, type SettledVersion } from '#store';
import { condition, creation, PATIENT, type Told } from './testing/vendor-writes.js';
import { WriteScene } from './testing/write-scene.js';
import type { VendorWrite, WriteEnd } from './write-through.js';

function versionOf(end: WriteEnd): SettledVersion {
  if (end.kind !== 'sealed' || end.came.kind !== 'done') throw new Error(JSON.stringify(end));
  return end.came.version;
}

function changeOf(version: SettledVersion, text: string | undefined): VendorWrite {
  const { id } = version;
  const interaction = text === undefined ? 'delete' : 'update';
  const resource = text === undefined ? undefined : condition(text, { id });
  return { ...creation(undefined, { interaction, id }), resource };
}

describe('writing through to a source', () => {
  let scene: WriteScene;
  beforeAll(async () => {
    scene = await WriteScene.open();
  }, 120_000);
  beforeEach(() => {
    scene.log.mend();
    scene.log.appended.length = 0;
    scene.source.written = 0;
  });
  afterAll(() => scene.end());

  it('seals the intent, writes, and seals what came of it with the version, in our own ids', async () => {
    const told: Told = { came: [], leaves: [] };
    const recorder = {
      recorder: { reference: `Practitioner/${resourceIdOf('north', 'Practitioner', 'np-1')}` },
    };
    const asked = creation(told, { resource: condition('Asthma', recorder) });
    const version = versionOf(await scene.through.write(asked));
    const held = scene.source.resources.at(-1)?.resource;
    expect(held).toMatchObject({
      subject: { reference: 'Patient/n-1' },
      recorder: { reference: 'Practitioner/np-1' },
    });
    expect(version.id).toBe(resourceIdOf('north', 'Condition', typeof held?.id === 'string' ? held.id : ''));
    expect(await scene.stored('Condition', version.id)).toContain(`"Patient/${PATIENT}"`);
    const phases = scene.log.appended.map(({ record }) => record.op.phase);
    expect(phases).toEqual(['intent', 'outcome']);
    const [intent, outcome] = scene.log.appended.map(({ writes }) => writes.map(({ kind }) => kind));
    expect([intent, outcome]).toEqual([
      ['rules-seen', 'keyed-write'],
      ['version', 'version', 'keyed-write-end'],
    ]);
    const standing = await scene.through.write(asked);
    expect(standing).toMatchObject({
      kind: 'again',
      write: { state: 'done', leaf: told.leaves[0], answer: { status: 201, id: version.id } },
    });
    expect(scene.source.written).toBe(1);
  });

  it('asks the source nothing where the rules changed since the decision', async () => {
    const judgedBy = [{ person: randomUUID(), version: 5n }];
    await expect(scene.through.write(creation(undefined, { judgedBy }))).rejects.toMatchObject({
      code: 'version-conflict',
      details: RULES_CHANGED,
    });
    expect(scene.source.written).toBe(0);
  });

  it('updates and deletes what the source holds in the version that is stored', async () => {
    const created = versionOf(await scene.through.write(creation()));
    const updated = versionOf(await scene.through.write(changeOf(created, 'Rhinitis')));
    expect(updated.id).toBe(created.id);
    expect(await scene.stored('Condition', created.id)).toContain('Rhinitis');
    const deleted = versionOf(await scene.through.write(changeOf(updated, undefined)));
    expect(deleted).toMatchObject({ id: created.id, deleted: true });
    expect(await scene.stored('Condition', created.id)).toBe('deleted');
    expect(scene.source.written).toBe(3);
  });

  it('writes nothing over what the source changed meanwhile, and knows it from then on', async () => {
    const created = versionOf(await scene.through.write(creation()));
    const at = scene.source.resources.length - 1;
    const row = scene.source.resources[at];
    if (row === undefined) throw new Error('a row');
    scene.source.resources[at] = { ...row, resource: { ...row.resource, code: { text: 'Flu' } } };
    scene.log.appended.length = 0;
    await expect(scene.through.write(changeOf(created, 'Rhinitis'))).rejects.toMatchObject({
      code: 'version-conflict',
    });
    expect(scene.log.appended.map(({ record }) => record.op.phase)).toEqual(['single']);
    expect(await scene.stored('Condition', created.id)).toContain('Flu');
    expect(scene.source.written).toBe(1);
  });

  it('sends nothing that refers to what the source does not have, or that it does not take', async () => {
    const strange = condition('Gout', { recorder: { reference: `Practitioner/${randomUUID()}` } });
    await expect(scene.through.write(creation(undefined, { resource: strange }))).rejects.toMatchObject({
      code: 'invalid-value',
    });
    expect(scene.log.appended).toEqual([]);
    expect(scene.through.takes('north', 'Patient', 'create')).toBe(false);
    expect(scene.through.takes('elsewhere', 'Condition', 'create')).toBe(false);
    expect(await scene.through.takerOf(PATIENT, 'Condition')).toBe('north');
    expect(await scene.through.takerOf(randomUUID(), 'Condition')).toBeUndefined();
  });

  it('gives a key to one of the requests that come at a time', async () => {
    const asked = creation();
    const ends = await Promise.all([1, 2, 3].map(() => scene.through.write(asked)));
    expect(ends.map(({ kind }) => kind).toSorted()).toEqual(['again', 'again', 'sealed']);
    expect(scene.source.written).toBe(1);
    const other = { ...asked, request: new Uint8Array(32) };
    await expect(scene.through.write(other)).resolves.toEqual({ kind: 'other-request' });
  });

  describe('what breaks', () => {
    /** What breaks, how a write ends that meets it, whether it was made, what is found later, how a retry ends then. */
    const FAULTS: readonly Breakage[] = [
      {
        name: 'the source, before it is reached',
        break: (on) => on.source.failNextWrite('not-sent'),
        ends: { came: { kind: 'not-written', code: 'source-unavailable' } },
        made: 0,
        found: 0,
        retry: { kind: 'sealed', came: { kind: 'done' } },
      },
      {
        name: 'the way back, after the source wrote',
        break: (on) => on.source.failNextWrite('lost'),
        ends: { came: { kind: 'unknown' } },
        made: 1,
        found: 1,
        retry: { kind: 'again', write: { state: 'done', answer: { status: 201 } } },
      },
      {
        name: 'the source, which wrote nothing and said nothing',
        break: (on) => on.source.failNextWrite('unknown'),
        ends: { came: { kind: 'unknown' } },
        made: 0,
        found: 1,
        retry: { kind: 'sealed', came: { kind: 'done' } },
      },
      {
        name: 'nothing: the source refuses',
        break: (on) => on.source.failNextWrite('refused'),
        ends: { came: { kind: 'refused', code: 'profile-invalid' } },
        made: 0,
        found: 0,
        retry: { kind: 'again', write: { state: 'refused', answer: { reason: 'profile-invalid' } } },
      },
      {
        name: 'the log, before the intent',
        break: (on) => on.log.failAfter(0),
        ends: { code: 'seal-unavailable' },
        made: 0,
        found: 0,
        retry: { kind: 'sealed', came: { kind: 'done' } },
      },
      {
        name: 'the log (or this process) between intent and outcome',
        break: (on) => on.log.failAfter(1),
        ends: { code: 'seal-unavailable' },
        made: 1,
        found: 1,
        retry: { kind: 'again', write: { state: 'done' } },
      },
    ];
    it.each(FAULTS)('$name', async ({ break: breakIt, ends, made, found, retry }) => {
      const asked = creation();
      breakIt(scene);
      const end = scene.through.write(asked);
      expect(await end.catch((error: unknown) => error)).toMatchObject(ends);
      expect(scene.source.written).toBe(made);
      scene.log.mend();
      expect(await scene.reconcile()).toBe(found);
      await expect(scene.through.write(asked)).resolves.toMatchObject(retry);
      expect(scene.source.written).toBeLessThanOrEqual(1);
      expect(await scene.reconcile()).toBe(0);
      expect(scene.reported).toEqual([]);
    });
  });

  it('tells a retry that nobody knows yet, and writes nothing', async () => {
    const asked = creation();
    scene.source.failNextWrite('lost');
    await scene.through.write(asked);
    await expect(scene.through.write(asked)).resolves.toMatchObject({
      kind: 'again',
      write: { state: 'unknown', answer: undefined },
    });
    expect(scene.source.written).toBe(1);
    expect(await scene.reconcile()).toBe(1);
  });

  it('seals what is found under the intent, for the client who asked', async () => {
    const told: Told = { came: [], leaves: [] };
    scene.source.failNextWrite('lost');
    const end = await scene.through.write(creation(told));
    scene.log.appended.length = 0;
    await scene.reconcile();
    const [item] = scene.log.appended;
    expect(item?.record).toMatchObject({
      op: { phase: 'outcome', outcome: 'found', interaction: 'create', status: 201 },
      actor: { client: 'app' },
      request: {
        method: 'LOOKUP',
        intent: told.leaves[0],
        requestId: end.kind === 'sealed' ? end.reference : '',
      },
    });
    expect(item?.record.subjects[0]).toMatchObject({
      patient: PATIENT,
      content: [{ type: 'Condition' }, { type: 'Provenance' }],
    });
    expect(item?.writes.map(({ kind }) => kind)).toEqual(['version', 'version', 'keyed-write-end']);
  });

  it('asks a silent source again after pauses that grow, and leaves young writes alone', async () => {
    scene.source.failNextWrite('lost');
    const end = await scene.through.write(creation());
    const reference = end.kind === 'sealed' ? end.reference : '';
    expect(await scene.reconcile(0)).toBe(0);
    for (const [lookups, pauseMs] of [
      [0, 1_500],
      [1, 1_500],
      [2, 2_500],
    ] as const) {
      expect(await scene.writes.get(reference)).toMatchObject({ lookups });
      scene.source.failNext('source-unavailable');
      expect(await scene.reconcile(pauseMs)).toBe(0);
    }
    expect(await scene.writes.get(reference)).toMatchObject({ lookups: 3, state: 'unknown' });
    expect(await scene.reconcile(500)).toBe(0);
    expect(await scene.reconcile(4_000)).toBe(1);
    expect(await scene.writes.get(reference)).toMatchObject({ state: 'done' });
  });

  it('counts the age of a write from its intent, whatever time was spent on pulling before', async () => {
    const created = versionOf(await scene.through.write(creation()));
    const pull = scene.source.pull.bind(scene.source);
    let pulledMs = Infinity;
    scene.source.pull = async (...asked) => {
      const result = await pull(...asked);
      scene.aheadMs += 5_000;
      pulledMs = Date.now() + scene.aheadMs;
      return result;
    };
    const end = await scene.through.write(changeOf(created, 'Rhinitis'));
    scene.source.pull = pull;
    const write = await scene.writes.get(end.kind === 'sealed' ? end.reference : '');
    expect(write?.openedMs).toBeGreaterThanOrEqual(pulledMs);
  });

  it('ends a change that something else overtook as a conflict', async () => {
    const created = versionOf(await scene.through.write(creation()));
    scene.source.failNextWrite('unknown');
    const asked = changeOf(created, 'Rhinitis');
    await scene.through.write(asked);
    await scene.through.write(changeOf(created, 'Flu'));
    await scene.reconcile();
    await expect(scene.through.write(asked)).resolves.toMatchObject({
      kind: 'again',
      write: { state: 'refused', answer: { status: 409, reason: 'version-conflict' } },
    });
    expect(await scene.stored('Condition', created.id)).toContain('Flu');
  });

  it('answers from the row where the write was looked up before its own answer came', async () => {
    const asked = creation();
    const write = scene.source.write.bind(scene.source);
    scene.source.write = async (permit, change) => {
      const written = await write(permit, change);
      await scene.reconcile();
      return written;
    };
    const end = await scene.through.write(asked);
    scene.source.write = write;
    expect(end).toMatchObject({ kind: 'again', write: { state: 'done' } });
    expect(scene.source.written).toBe(1);
  });

  it('keeps an answer that comes after the source was asked too early, and writes nothing again', async () => {
    const asked = creation();
    const write = scene.source.write.bind(scene.source);
    scene.source.write = async (permit, change) => {
      expect(await scene.reconcile()).toBe(1);
      expect(await scene.writes.get(change.key)).toMatchObject({ state: 'not-written' });
      return write(permit, change);
    };
    const end = await scene.through.write(asked);
    scene.source.write = write;
    const { id } = versionOf(end);
    expect(await scene.stored('Condition', id)).toContain('Gout');
    const phases = scene.log.appended.map(({ record: { op } }) => [op.phase, op.outcome]);
    expect(phases).toEqual([
      ['intent', expect.anything()],
      ['outcome', 'not-written'],
      ['outcome', expect.anything()],
    ]);
    await expect(scene.through.write(asked)).resolves.toMatchObject({
      kind: 'again',
      write: { state: 'done', answer: { status: 201, id } },
    });
    expect(scene.source.written).toBe(1);
  });
});

interface Breakage {
  readonly name: string;
  readonly break: (scene: WriteScene) => void;
  readonly ends: object;
  readonly made: number;
  readonly found: number;
  readonly retry: object;
}
