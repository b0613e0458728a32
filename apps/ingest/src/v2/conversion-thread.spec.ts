import { Decimal } from '#digest';
import { senderOf } from '#ehr';
import { ConversionThread } from './conversion-thread.js';
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
  const begin = (limitMs?: number): ConversionThread =>
    (thread = new ConversionThread([senderOf(makeProfile('lakeview'))], limitMs));
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
    const { normalise } = bound(begin(1));
    const ended: string[] = [];
    const giveUp = async (patient: string): Promise<void> => {
      await expect(normalise(makeMessage({ patient }), 'lakeview')).rejects.toMatchObject({
        code: 'internal',
      });
      ended.push(patient);
    };
    await Promise.all(['P1', 'P2', 'P3'].map(giveUp));
    expect(ended).toEqual(['P1', 'P2', 'P3']);
  }, 120_000);

  it('fails a message of a source that it does not know, and goes on', async () => {
    const { normalise } = bound(begin());
    await expect(normalise(makeMessage({}), 'nobody')).rejects.toThrow('no such source');
    await expect(normalise(makeMessage({}), 'lakeview')).resolves.toMatchObject({ kind: 'converted' });
  }, 120_000);

  it('rejects what waits when it is stopped, and whatever comes after', async () => {
    const { normalise } = bound(begin());
    const [waiting] = await Promise.allSettled([normalise(makeMessage({}), 'lakeview'), thread.stop()]);
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
    await expect(normalise(makeMessage({}), 'lakeview')).rejects.toMatchObject({ code: 'internal' });
  }, 120_000);
});

function bound(thread: ConversionThread) {
  return { normalise: thread.normalise.bind(thread) };
}
