import { ReadThrough, type FhirSource } from '#ehr';
import { writeJson } from '#digest';
import { validateResource } from '#fhir';
import { resourceIdOf } from '#normalize';
import { MemoryIntakeSink } from '../../libs/ehr/src/testing/memory-intake-sink.js';
import { NorthsideHarness } from './northside-harness.js';

const PEOPLE = ['n-1001', 'n-1002', 'n-1003', 'n-1004'];

function condition(id: string): string {
  return `Condition/${resourceIdOf('northside', 'Condition', id)}`;
}

describe("Northside's records in our store", () => {
  let northside: NorthsideHarness;
  let source: FhirSource;
  let sink: MemoryIntakeSink;
  let through: ReadThrough;

  beforeAll(async () => {
    northside = await NorthsideHarness.start();
    const types = ['Encounter', 'Condition', 'AllergyIntolerance', 'MedicationRequest'].map((type) => ({
      type,
    }));
    const change = {
      types: [...northside.profile().types, ...types.filter(({ type }) => type !== 'Condition')],
      freshnessS: 0,
    };
    source = await northside.source(change);
    sink = new MemoryIntakeSink();
    const { pace } = northside;
    through = new ReadThrough({
      source,
      profile: northside.profile(change),
      sink,
      pace,
      validate: validateResource,
    });
  });
  afterAll(() => northside.stop());

  async function refreshAll(): Promise<void> {
    for (const patient of PEOPLE) {
      const outcome = await through.refresh(
        northside.permit,
        patient,
        through.types,
        new AbortController().signal,
      );
      expect(outcome).toMatchObject({ kind: 'refreshed', warnings: [] });
      const issues = outcome.kind === 'refreshed' ? outcome.issues : [];
      expect(issues.filter((issue) => issue.severity !== 'information')).toEqual([]);
    }
    await through.refreshDirectory(northside.permit, new AbortController().signal);
  }

  function stored(type: string): readonly string[] {
    return [...sink.stored.keys()].filter((key) => key.startsWith(`${type}/`));
  }

  it('come whole, each reference leading to something that is there', async () => {
    await refreshAll();
    expect(stored('Patient')).toHaveLength(4);
    expect(stored('Observation').length).toBeGreaterThan(60);
    expect(stored('Practitioner')).toHaveLength(2);
    const text = [...sink.stored.values()].map((resource) => writeJson(resource)).join('\n');
    const references = [...text.matchAll(/"reference":"([^"#]+)"/g)].map(([, reference]) => reference);
    expect(references.length).toBeGreaterThan(150);
    expect(references.filter((reference) => !sink.stored.has(reference ?? ''))).toEqual([]);
    expect(text).not.toContain(northside.origin);
    expect(text).toContain('"value":120.00');
    expect(text).toContain('data-absent-reason');
  });

  it('stay as they are when pulled again, though members come in another order', async () => {
    const before = sink.changes;
    await refreshAll();
    expect(sink.changes).toBe(before);
  });

  it('name mother and child where an observation concerns both', async () => {
    const feeding = sink.stored.get(`Observation/${resourceIdOf('northside', 'Observation', 'wo-301')}`);
    expect(feeding?.subject).toEqual({
      reference: `Patient/${resourceIdOf('northside', 'Patient', 'n-1002')}`,
    });
    expect(feeding?.performer).toEqual([
      { reference: `Patient/${resourceIdOf('northside', 'Patient', 'n-1001')}` },
    ]);
  });

  it('follow a correction, an addition and a deletion', async () => {
    const subject = { reference: 'Patient/n-1003' };
    await northside.admin('PUT', 'resources', {
      resourceType: 'Condition',
      id: 'ic-1',
      subject,
      code: { text: 'x' },
    });
    await northside.admin('PUT', 'resources', { resourceType: 'Condition', id: 'ic-9', subject });
    await northside.admin('DELETE', 'resources/Condition/ic-2');
    const before = sink.changes;
    await refreshAll();
    expect(sink.changes - before).toBe(3);
    expect(sink.stored.get(condition('ic-1'))?.code).toEqual({ text: 'x' });
    expect(sink.stored.has(condition('ic-9'))).toBe(true);
    expect(sink.stored.has(condition('ic-2'))).toBe(false);
  });

  it('lose nothing when a page comes with a warning, and catch up afterwards', async () => {
    const key = condition('xc-1');
    await northside.admin('DELETE', 'resources/Condition/xc-1');
    await northside.faults({ kind: 'warning', match: '/Condition' });
    const pull = () =>
      through.refresh(northside.permit, 'n-1004', ['Condition'], new AbortController().signal);
    expect(await pull()).toMatchObject({ kind: 'refreshed', warnings: ['Condition: 4119'] });
    expect(sink.stored.has(key)).toBe(true);
    await northside.calm();
    await pull();
    expect(sink.stored.has(key)).toBe(false);
  });
});
