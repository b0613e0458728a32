import type { VendorName } from '../../supervisor.js';
import { observations } from '../lakeview.js';
import { entriesOf, warningsOf } from '../reading.js';
import { expectThat, until, type World } from '../world.js';

const NOTICED_MS = 45_000;
const VENDORS: readonly VendorName[] = ['lakeview', 'northside'];

/** 7. With one vendor down, then the other: what is stored is served, and the answer names the one that is missing. */
export async function partial(world: World, patient: string): Promise<string> {
  const told: string[] = [];
  for (const vendor of VENDORS) {
    // oxlint-disable-next-line no-await-in-loop -- one vendor after the other
    told.push(await withoutVendor(world, patient, vendor));
  }
  return told.join('; ');
}

async function withoutVendor(world: World, patient: string, vendor: VendorName): Promise<string> {
  const look = async () => {
    const { body } = await observations(world, patient);
    return { named: warningsOf(body).some((text) => text.includes(vendor)), count: entriesOf(body).length };
  };
  await until(NOTICED_MS, `${vendor} is well`, async () => !(await look()).named);
  const { count } = await look();
  await world.supervisor.stopVendor(vendor);
  const tookMs = await until(NOTICED_MS, `the answer names ${vendor}`, async () => (await look()).named);
  expectThat((await look()).count === count, `without ${vendor} there are fewer Observations`);
  await world.supervisor.startVendor(vendor);
  await until(NOTICED_MS, `${vendor} is well again`, async () => !(await look()).named);
  return `${vendor} down: all ${count} are served, and the answer names it after ${Math.round(tookMs)} ms`;
}
