import { observations, tellLakeview } from '../lakeview.js';
import { entriesOf } from '../reading.js';
import { expectThat, type World } from '../world.js';

/** 6. The same message again is acknowledged as before, and makes nothing new; so do all that Lakeview says at a start. */
export async function repeated(world: World, patient: string): Promise<string> {
  const before = await versions(world, patient);
  const again = await tellLakeview(world, 'again', {});
  await world.supervisor.stopVendor('lakeview');
  await world.supervisor.startVendor('lakeview');
  const first = await tellLakeview(world, 'again', { controlId: 'LKV000003' });
  expectThat((await versions(world, patient)) === before, 'there are new versions');
  return `${again.type} ${again.controlId} and ${first.controlId} were taken again, and no version is new`;
}

async function versions(world: World, patient: string): Promise<string> {
  const { body } = await observations(world, patient);
  return entriesOf(body)
    .map(({ id, meta }) => `${id}/${meta.versionId}`)
    .toSorted()
    .join(' ');
}
