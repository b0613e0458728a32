import { permitSource } from '#consent';
import { GatewayError } from '#outcome';
import type { Pace } from './pace.js';
import { ReadThrough } from './read-through.js';
import { MemoryIntakeSink } from './testing/memory-intake-sink.js';
import { MemorySource, type MemoryResource } from './testing/memory-source.js';
import { VendorProfile } from './vendor-profile.js';

const PERMIT = permitSource({ source: 'memory' });
const PROFILE = VendorProfile.parse({
  id: 'memory',
  name: 'Memory',
  baseUrl: 'https://memory.example/r4',
  auth: { clientId: 'c', keyFile: 'k', alg: 'ES384', scopes: ['system/*.rs'] },
  zone: 'UTC',
  freshnessS: 60,
  types: [{ type: 'Patient', patientParam: '_id' }, { type: 'Condition' }],
  directoryTypes: ['Organization'],
});

function resource(resourceType: string, id: string, patient: string | undefined): MemoryResource {
  return { patient, resource: { resourceType, id } };
}

class Bench {
  readonly sink = new MemoryIntakeSink();
  readonly source = new MemorySource('memory', [
    resource('Patient', 'a', 'a'),
    resource('Condition', 'c1', 'a'),
    resource('Condition', 'c2', 'a'),
    resource('Patient', 'b', 'b'),
    resource('Organization', 'o', undefined),
  ]);
  nowMs = 1_000_000;
  invalid: string | undefined;
  readonly pace: Pace = { nowMs: () => this.nowMs, sleep: () => Promise.resolve(), random: () => 0 };
  readonly through = new ReadThrough({
    source: this.source,
    profile: PROFILE,
    sink: this.sink,
    pace: this.pace,
    validate: ({ resourceType }) =>
      resourceType === this.invalid ? [{ rule: 'required', expression: `${this.invalid}.code` }] : [],
  });

  refresh(patient = 'a', types = ['Condition'], signal = new AbortController().signal) {
    return this.through.refresh(PERMIT, patient, types, signal);
  }

  stored(type: string): number {
    return [...this.sink.stored.keys()].filter((key) => key.startsWith(`${type}/`)).length;
  }
}

describe('ReadThrough', () => {
  let bench: Bench;

  beforeEach(() => {
    bench = new Bench();
  });

  it('pulls what is older than the bound and nothing else', async () => {
    expect(await bench.refresh()).toMatchObject({ kind: 'refreshed', types: ['Condition'] });
    expect(bench.stored('Condition')).toBe(2);
    bench.nowMs += 59_999;
    expect(await bench.refresh()).toEqual({ kind: 'fresh', source: 'memory' });
    expect(await bench.refresh('a', ['Condition', 'Patient'])).toMatchObject({ types: ['Patient'] });
    bench.nowMs += 1;
    expect(await bench.refresh()).toMatchObject({ kind: 'refreshed', types: ['Condition'] });
    expect(bench.source.pulls).toBe(3);
  });

  it('asks nothing of the source for types that it does not serve', async () => {
    expect(await bench.refresh('a', ['Observation'])).toEqual({ kind: 'fresh', source: 'memory' });
    expect(bench.source.pulls).toBe(0);
  });

  it('shares one pull among those who ask for the same at a time', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => bench.refresh()));
    expect(all.every((one) => one.kind === 'refreshed')).toBe(true);
    expect(bench.source.pulls).toBe(1);
  });

  it('pulls for another patient, and for a type that the pull on its way does not bring', async () => {
    await Promise.all([bench.refresh(), bench.refresh('b'), bench.refresh('a', ['Patient'])]);
    expect(bench.source.pulls).toBe(3);
    expect(bench.stored('Patient')).toBe(1);
  });

  it('changes nothing when the source has nothing new', async () => {
    await bench.refresh();
    bench.nowMs += 60_000;
    await bench.refresh();
    expect(bench.sink.changes).toBe(2);
  });

  it('deletes what a complete set no longer has, and only then', async () => {
    await bench.refresh();
    bench.source.resources.splice(1, 1);
    bench.source.doubtful.add('Condition');
    bench.nowMs += 60_000;
    expect(await bench.refresh()).toMatchObject({ warnings: ['Condition: doubtful'] });
    expect(bench.stored('Condition')).toBe(2);
    bench.source.doubtful.clear();
    bench.nowMs += 60_000;
    await bench.refresh();
    expect(bench.stored('Condition')).toBe(1);
  });

  it('deletes nothing of a type in which a resource was not valid', async () => {
    await bench.refresh();
    bench.invalid = 'Condition';
    bench.nowMs += 60_000;
    const outcome = await bench.refresh();
    expect(outcome.kind === 'refreshed' && outcome.issues.map((issue) => issue.code)).toEqual([
      'invalid',
      'invalid',
    ]);
    expect(bench.sink.deliveries.at(-1)).toMatchObject({ resources: [], completeTypes: [] });
    expect(bench.stored('Condition')).toBe(2);
  });

  it.each(['source-unavailable', 'source-timeout'] as const)(
    'gives %s as a value, leaves the source in peace, and goes on later',
    async (code) => {
      bench.source.failNext(code);
      expect(await bench.refresh()).toMatchObject({ kind: 'failed', source: 'memory', code });
      expect(await bench.refresh('b')).toMatchObject({ kind: 'failed', retryAfterS: 2 });
      expect(bench.source.pulls).toBe(1);
      bench.nowMs += 2_000;
      expect(await bench.refresh()).toMatchObject({ kind: 'refreshed' });
    },
  );

  it('lets an answer that cannot be used concern its own patient only', async () => {
    bench.source.failNext('source-invalid');
    expect(await bench.refresh()).toMatchObject({ kind: 'failed', code: 'source-invalid' });
    expect(await bench.refresh('b')).toMatchObject({ kind: 'refreshed' });
  });

  it('throws what the sink throws, and tries again next time', async () => {
    bench.sink.failNext(new GatewayError('seal-unavailable'));
    await expect(bench.refresh()).rejects.toMatchObject({ code: 'seal-unavailable' });
    expect(await bench.refresh()).toMatchObject({ kind: 'refreshed' });
  });

  it('lets a caller go who stops waiting, and finishes the pull for the next', async () => {
    expect(await bench.refresh('a', ['Condition'], AbortSignal.abort())).toMatchObject({
      kind: 'failed',
      code: 'source-timeout',
    });
    await bench.refresh();
    expect(bench.source.pulls).toBe(1);
    expect(bench.stored('Condition')).toBe(2);
  });

  it('delivers the directory without a patient', async () => {
    const outcome = await bench.through.refreshDirectory(PERMIT, new AbortController().signal);
    expect(outcome).toMatchObject({ kind: 'refreshed', types: ['Organization'] });
    expect(bench.sink.deliveries[0]).toMatchObject({ patient: undefined, completeTypes: ['Organization'] });
  });
});
