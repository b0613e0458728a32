import { observations, servedMeasurement, tellLakeview } from '../lakeview.js';
import { entriesOf, measuredOf } from '../reading.js';
import { expectThat, type World } from '../world.js';

/** A message that nobody heard before, and the LOINC of both results of its order. */
const NEXT = { code: 'GLUC', value: '93', loinc: '2345-7', order: ['2345-7', '2276-4'] };

/** 6. The same message again is acknowledged as before, and makes nothing new; so do all that Lakeview says at a start. */
export async function repeated(world: World, patient: string): Promise<string> {
  const before = await versions(world, patient);
  const again = await tellLakeview(world, 'again', {});
  await world.supervisor.stopVendor('lakeview');
  await world.supervisor.startVendor('lakeview');
  const first = await tellLakeview(world, 'again', { controlId: 'LKV000003' });
  // her messages are converted in their order: what was repeated is done when a new one is
  await tellLakeview(world, 'corrections', { code: NEXT.code, value: NEXT.value });
  const isNext = (resource: unknown) => measuredOf(resource)?.value === Number(NEXT.value);
  await servedMeasurement(world, patient, ({ resource }) => isNext(resource), NEXT.loinc);
  expectThat((await versions(world, patient)) === before, 'there are new versions');
  return `${again.type} ${again.controlId} and ${first.controlId} were taken again, and no version is new`;
}

/** All her Observations but those of the new message. */
async function versions(world: World, patient: string): Promise<string> {
  const { body } = await observations(world, patient);
  return entriesOf(body)
    .filter(({ resource }) => !measuredOf(resource)?.codes.some((code) => NEXT.order.includes(code)))
    .map(({ id, meta }) => `${id}/${meta.versionId}`)
    .toSorted()
    .join(' ');
}
