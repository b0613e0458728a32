import fc from 'fast-check';
import { toHex } from '#digest';
import { recordSigner } from './record-signer.js';
import { buildRecord } from './build-record.js';
import { sampleKey, sampleLog, sampleRandom } from './testing/sample-log.js';
import { verifyLog, type LogReport } from './verify-log.js';

const log = sampleLog();
const entries = log.samples.map(({ built }) => built.entry);

function failures({ checks }: LogReport): string[] {
  return checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
}

async function* stream(): AsyncGenerator<Uint8Array> {
  for (const entry of entries) yield await Promise.resolve(entry);
}

describe('verifyLog', () => {
  it('finds a whole log valid', async () => {
    const report = await verifyLog(entries, log.checkpoint, log.policy);
    expect(report.checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'checkpoint ok',
      'witnesses ok',
      'size ok',
      'root ok',
      'gateway-signatures ok',
      'versions ok',
    ]);
    expect([report.valid, report.size, toHex(report.root)]).toEqual([true, 5n, toHex(log.tree.root(5n))]);
  });

  it('takes entries as they come, from a stream', async () => {
    expect((await verifyLog(stream(), log.checkpoint, log.policy)).valid).toBe(true);
  });

  it('finds any changed bit of any entry', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(entries.length - 1), fc.nat(204 * 8 - 1), async (pick, bit) => {
        const changed = entries.map((entry, i) => {
          const copy = Uint8Array.from(entry);
          if (i === pick) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit % 8));
          return copy;
        });
        const report = await verifyLog(changed, log.checkpoint, log.policy);
        expect([report.valid, failures(report).includes('root')]).toEqual([false, true]);
      }),
      { numRuns: 100 },
    );
  });

  it('finds a deleted, an added and a moved entry', async () => {
    const [first = new Uint8Array(0), ...rest] = entries;
    const wrong = [rest, [...entries, first], [...rest, first], []];
    for (const list of wrong) {
      expect(failures(await verifyLog(list, log.checkpoint, log.policy))).toContain('root');
    }
  });

  it('finds an entry that a gateway signed for another log, or that no gateway signed', async () => {
    const [sample] = log.samples;
    if (sample === undefined) throw new Error('no sample');
    for (const signer of [
      recordSigner(sampleKey('gateway'), 'other/log'),
      recordSigner(sampleKey('x'), 'a'),
    ]) {
      const { entry } = buildRecord(sample.record, sample.assigned, sampleRandom('y'), signer);
      const report = await verifyLog([entry], log.checkpoint, log.policy);
      expect(failures(report)).toContain('gateway-signatures');
      expect(report.checks.find(({ name }) => name === 'gateway-signatures')?.detail).toContain(': 0');
    }
  });

  it('says which entries are of an unknown version', async () => {
    const report = await verifyLog([Buffer.from('PV2')], log.checkpoint, log.policy);
    expect(report.checks.find(({ name }) => name === 'versions')).toMatchObject({
      state: 'skipped',
      detail: 'contents unknown: 0',
    });
  });

  it('trusts no checkpoint that is malformed or that the policy does not know', async () => {
    expect(failures(await verifyLog(entries, 'x', log.policy))).toContain('checkpoint');
    const extended = log.checkpoint.replace('\n\n', '\nextension\n\n');
    expect(failures(await verifyLog(entries, extended, log.policy))).toContain('checkpoint');
    const report = await verifyLog(entries, log.checkpoint, { ...log.policy, logs: [] });
    expect(failures(report)).toEqual(['checkpoint', 'size', 'root', 'gateway-signatures']);
  });
});
