import { Decimal } from '#digest';
import { senderOf } from '#ehr';
import { ConversionThread, type ConversionThreadOptions } from './conversion-thread.js';
import { convertHere, makeMessage, makeProfile } from './testing/messages.js';

const REPORT = [
  'MSH|^~\\&|LAKEVIEW|WARD|||20260301103000||ORU^R01^ORU_R01|R1|P|2.5.1',
  'PID|1||P1^^^MRN||Sedge^Basil',
  'OBR|1||F1|718-7^Haemoglobin^LN|||20260301100000',
  'OBX|1|NM|718-7^Haemoglobin^LN||14.10|g/dL|||||F',
].join('\r');

// The thread loads the definitions of FHIR when it starts.
describe('ConversionThread', () => {
  let thread: ConversionThread;
  const begin = (options?: ConversionThreadOptions): ConversionThread =>
    (thread = new ConversionThread([senderOf(makeProfile('lakeview'))], options));
  afterEach(() => thread.stop());

  it('gives what the same conversion gives here, digits included', async () => {
    const { normalise } = bound(begin());
    const bytes = Buffer.from(REPORT);
    const [there, here] = [await normalise(bytes, 'lakeview'), await convertHere(bytes, 'lakeview')];
    expect(there).toEqual(here);
    const [observation] = there.resources.filter(({ type }) => type === 'Observation');
    expect(observation?.resource).toMatchObject({ valueQuantity: { value: new Decimal('14.10') } });
  }, 120_000);

  it('converts many in the order in which they came, whatever buffer they are a view of', async () => {
    const { normalise } = bound(begin());
    const whole = Buffer.concat(['P1', 'P2', 'P3'].map((patient) => makeMessage({ patient })));
    const size = whole.length / 3;
    const ended: (string | undefined)[] = [];
    await Promise.all(
      [0, 1, 2].map(async (at) => {
        const { patient } = await normalise(whole.subarray(at * size, (at + 1) * size), 'lakeview');
        ended.push(patient?.sourceId);
      }),
    );
    expect(ended).toEqual(['P1', 'P2', 'P3'].map((id) => `urn:id:lakeview:MRN|${id}`));
    expect(whole.subarray(0, 3).toString()).toBe('MSH');
  }, 120_000);

  it('gives up what takes too long, one after the other, each in a thread of its own', async () => {
    const { normalise } = bound(begin({ limitMs: 1 }));
    const ended: number[] = [];
    const giveUp = async (at: number): Promise<void> => {
      await expect(normalise(makeLongReport(), 'lakeview')).rejects.toMatchObject({ code: 'internal' });
      ended.push(at);
    };
    await Promise.all([0, 1, 2].map(giveUp));
    expect(ended).toEqual([0, 1, 2]);
  }, 120_000);

  it('blames the message whose conversion ends the thread, even right after it got ready', async () => {
    const script = scriptOf(`import { parentPort } from 'node:worker_threads';
      parentPort.postMessage({ kind: 'ready' });
      parentPort.on('message', () => process.exit(1));`);
    const { normalise } = bound(begin({ script }));
    const both = ['P1', 'P2'].map((patient) => normalise(makeMessage({ patient }), 'lakeview'));
    const failed = { status: 'rejected', reason: { code: 'internal' } };
    expect(await Promise.allSettled(both)).toMatchObject([failed, failed]);
  }, 120_000);

  it.each([
    ['ends at once', { script: scriptOf('throw new Error("gone")') }],
    ['is never ready', { script: scriptOf('setInterval(() => 0, 1000)'), startLimitMs: 50 }],
    ['cannot be made', { script: new URL('https://script.example/') }],
  ])(
    'makes no message pay for a thread that %s',
    async (_, options) => {
      const { normalise } = bound(begin(options));
      const both = (): Promise<unknown> =>
        Promise.allSettled([normalise(makeMessage({}), 'lakeview'), normalise(makeMessage({}), 'lakeview')]);
      const rejected = { status: 'rejected', reason: { code: 'overloaded' } };
      expect(await both()).toMatchObject([rejected, rejected]);
      expect(await both()).toMatchObject([rejected, rejected]);
    },
    120_000,
  );

  it('fails a message of a source that it does not know, and goes on', async () => {
    const { normalise } = bound(begin());
    await expect(normalise(makeMessage({}), 'nobody')).rejects.toThrow('no such source');
    await expect(normalise(makeMessage({}), 'lakeview')).resolves.toMatchObject({ kind: 'converted' });
  }, 120_000);

  it('rejects what waits when it is stopped, and whatever comes after', async () => {
    const { normalise } = bound(begin());
    const [waiting] = await Promise.allSettled([normalise(makeMessage({}), 'lakeview'), thread.stop()]);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'overloaded' } });
    await expect(normalise(makeMessage({}), 'lakeview')).rejects.toMatchObject({ code: 'overloaded' });
  }, 120_000);
});

function bound(thread: ConversionThread) {
  return { normalise: thread.normalise.bind(thread) };
}

/** Thousands of results: far more work than a millisecond's. */
function makeLongReport(): Buffer {
  const [head = '', person = '', order = '', result = ''] = REPORT.split('\r');
  return Buffer.from([head, person, order, ...Array.from({ length: 5_000 }, () => result)].join('\r'));
}

function scriptOf(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
