import { SourceHealth } from './source-health.js';
import { sourceRefresh } from './source-refresh.js';
import { openMemorySource } from './testing/open-memory-source.js';

const KNOWN: Readonly<Record<string, readonly { readonly source: string; readonly sourceId: string }[]>> = {
  ada: [{ source: 'north', sourceId: 'north-1' }],
  both: [
    { source: 'north', sourceId: 'north-1' },
    { source: 'south', sourceId: 'south-1' },
  ],
  elsewhere: [{ source: 'gone', sourceId: 'x' }],
};
const patientsAtSources = {
  sourceIdsOf: (patients: readonly string[]) =>
    Promise.resolve(patients.flatMap((patient) => KNOWN[patient] ?? [])),
};

describe('sourceRefresh', () => {
  const north = () => sources.north.source.pulls;
  const south = () => sources.south.source.pulls;
  const signal = new AbortController().signal;
  let sources: {
    readonly north: ReturnType<typeof openMemorySource>;
    readonly south: ReturnType<typeof openMemorySource>;
  };
  let health: SourceHealth;
  let refresh: ReturnType<typeof sourceRefresh>;

  beforeEach(() => {
    sources = { north: openMemorySource('north'), south: openMemorySource('south') };
    health = new SourceHealth();
    refresh = sourceRefresh([sources.north.open, sources.south.open], patientsAtSources, health);
  });

  it('asks the sources that have the patient, and no other', async () => {
    await expect(refresh(['ada'], ['Observation'], signal)).resolves.toEqual([]);
    expect([north(), south()]).toEqual([1, 0]);
    await refresh(['both'], ['Patient'], signal);
    expect([north(), south()]).toEqual([2, 1]);
  });

  it('asks nobody about a patient whom no configured source has', async () => {
    await expect(refresh(['nobody'], ['Observation'], signal)).resolves.toEqual([]);
    await expect(refresh(['elsewhere'], ['Observation'], signal)).resolves.toEqual([]);
    expect([north(), south()]).toEqual([0, 0]);
  });

  it('names a source that did not answer, for whoever asks next, whether the patient is there or not', async () => {
    sources.south.source.failNext('source-unavailable');
    await expect(refresh(['both'], ['Observation'], signal)).resolves.toEqual(['south']);
    const told = await Promise.all(
      ['ada', 'nobody', 'elsewhere'].map((patient) => refresh([patient], ['Observation'], signal)),
    );
    expect(told).toEqual([['south'], ['south'], ['south']]);
  });
});
