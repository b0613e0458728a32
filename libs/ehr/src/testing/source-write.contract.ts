import { randomUUID } from 'node:crypto';
import type { SourcePermit, SourceWritePermit } from '#consent';
import { parseStrict, type JsonObject } from '#digest';
import { isObject } from '#fhir';
import type { Source, SourceChange, SourceHeld, SourceWritten } from '../source.js';
import { codeOf } from './source.contract.js';

/** A source under test that takes writes, and what breaks it. */
export interface SourceWriteCase {
  readonly source: Source;
  readonly permit: SourcePermit;
  readonly collect: SourceWritePermit;
  readonly correct: SourceWritePermit;
  /** Permits for some other source. */
  readonly foreign: { readonly collect: SourceWritePermit; readonly source: SourcePermit };
  /** A patient of the source. */
  readonly patient: string;
  /** The next write is made, and its answer never comes. */
  readonly loseAnswer: () => Promise<void>;
  /** The next write is neither made nor answered so that one could tell. */
  readonly failUnseen: () => Promise<void>;
  /** The next write is looked at and refused. */
  readonly refuse: () => Promise<void>;
}

type MakeCase = () => SourceWriteCase;

/** A Condition of a patient of the source. */
export function conditionOf(patient: string, text: string): JsonObject {
  return {
    resourceType: 'Condition',
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    code: { text },
    subject: { reference: `Patient/${patient}` },
  };
}

/** A create of a Condition, under a key of its own. */
export function createOf(patient: string, text = 'Hay fever'): SourceChange {
  return {
    method: 'create',
    type: 'Condition',
    id: undefined,
    version: undefined,
    patient,
    resource: conditionOf(patient, text),
    key: randomUUID(),
  };
}

/** A change of what a source holds. */
export function changeOf(held: SourceHeld, patient: string, text: string | undefined): SourceChange {
  const resource = text === undefined ? undefined : { ...conditionOf(patient, text), id: held.id };
  return {
    method: resource === undefined ? 'delete' : 'update',
    type: 'Condition',
    id: held.id,
    version: held.version,
    patient,
    resource,
    key: randomUUID(),
  };
}

/** What a source holds after a write that was done. */
export function heldAfter(written: SourceWritten): SourceHeld {
  if (written.kind !== 'done') throw new Error(`not done: ${JSON.stringify(written)}`);
  return written.held;
}

/** The text of the Condition that a source holds. */
export function textOf({ bytes }: SourceHeld): unknown {
  const resource = bytes === undefined ? undefined : parseStrict(bytes);
  return isObject(resource) && isObject(resource.code) ? resource.code.text : undefined;
}

/** The promises of `Source.write` and `lookUp`. */
export function shouldBehaveLikeWritableSource(make: MakeCase): void {
  writesOnce(make);
  findsOut(make);
  demandsPermits(make);
}

function writesOnce(make: MakeCase): void {
  it('creates, and tells the id that the source gave and what it holds now', async () => {
    const { source, collect, patient } = make();
    const held = heldAfter(await source.write(collect, createOf(patient, 'Asthma')));
    expect(held.id).toMatch(/^[A-Za-z0-9.-]+$/);
    expect(textOf(held)).toBe('Asthma');
    expect(held.version).toBeDefined();
  });

  it('makes one of two creates under one key', async () => {
    const { source, collect, patient } = make();
    const change = createOf(patient);
    const [first, second] = [await source.write(collect, change), await source.write(collect, change)];
    expect(heldAfter(second).id).toBe(heldAfter(first).id);
    expect(heldAfter(second).version).toBe(heldAfter(first).version);
  });

  it('updates and deletes what stands at the version that was named, and nothing else', async () => {
    const { source, collect, correct, patient } = make();
    const created = heldAfter(await source.write(collect, createOf(patient)));
    const updated = heldAfter(await source.write(correct, changeOf(created, patient, 'Rhinitis')));
    expect(textOf(updated)).toBe('Rhinitis');
    expect(updated.version).not.toBe(created.version);
    for (const text of ['Flu', undefined]) {
      const stale = await source.write(correct, changeOf(created, patient, text));
      expect(stale).toMatchObject({ kind: 'refused', reason: 'conflict' });
    }
    const deleted = heldAfter(await source.write(correct, changeOf(updated, patient, undefined)));
    expect(deleted).toMatchObject({ id: created.id, bytes: undefined });
    const again = await source.write(correct, changeOf(updated, patient, undefined));
    expect(again).toMatchObject({ kind: 'refused', reason: 'gone' });
  });

  it('tells a refusal from what nobody knows', async () => {
    const { source, collect, permit, patient, refuse } = make();
    await refuse();
    const change = createOf(patient);
    await expect(source.write(collect, change)).resolves.toMatchObject({
      kind: 'refused',
      reason: 'invalid',
    });
    await expect(source.lookUp(permit, change)).resolves.toEqual({ kind: 'absent' });
  });
}

function findsOut(make: MakeCase): void {
  it('finds a create whose answer was lost by its key', async () => {
    const { source, collect, permit, patient, loseAnswer } = make();
    const change = createOf(patient, 'Gout');
    await loseAnswer();
    await expect(source.write(collect, change)).resolves.toMatchObject({ kind: 'unknown' });
    const found = await source.lookUp(permit, change);
    expect(found.kind).toBe('found');
    expect(found.kind === 'found' ? textOf(found.held) : undefined).toBe('Gout');
  });

  it('finds an update and a delete whose answers were lost', async () => {
    const { source, collect, correct, permit, patient, loseAnswer } = make();
    const created = heldAfter(await source.write(collect, createOf(patient)));
    const update = changeOf(created, patient, 'Rhinitis');
    await loseAnswer();
    await expect(source.write(correct, update)).resolves.toMatchObject({ kind: 'unknown' });
    const found = await source.lookUp(permit, update);
    if (found.kind !== 'found') throw new Error(found.kind);
    expect(textOf(found.held)).toBe('Rhinitis');
    const removal = changeOf(found.held, patient, undefined);
    await loseAnswer();
    await expect(source.write(correct, removal)).resolves.toMatchObject({ kind: 'unknown' });
    await expect(source.lookUp(permit, removal)).resolves.toMatchObject({
      kind: 'found',
      held: { bytes: undefined },
    });
  });

  it('knows what was not written, and a change that came in between', async () => {
    const { source, collect, correct, permit, patient, failUnseen } = make();
    const created = heldAfter(await source.write(collect, createOf(patient)));
    const update = changeOf(created, patient, 'Rhinitis');
    await failUnseen();
    await expect(source.write(correct, update)).resolves.toMatchObject({ kind: 'unknown' });
    await expect(source.lookUp(permit, update)).resolves.toEqual({ kind: 'absent' });
    await source.write(correct, changeOf(created, patient, 'Flu'));
    await expect(source.lookUp(permit, update)).resolves.toEqual({ kind: 'superseded' });
    await expect(source.lookUp(permit, createOf(patient))).resolves.toEqual({ kind: 'absent' });
  });
}

function demandsPermits(make: MakeCase): void {
  it('refuses a permit of another source, of another action, and for what it does not take', async () => {
    const { source, collect, correct, foreign, patient } = make();
    const change = createOf(patient);
    expect(await codeOf(source.write(foreign.collect, change))).toBe('internal');
    expect(await codeOf(source.write(correct, change))).toBe('internal');
    expect(await codeOf(source.lookUp(foreign.source, change))).toBe('internal');
    expect(await codeOf(source.write(collect, { ...change, type: 'Patient' }))).toBe('internal');
  });
}
