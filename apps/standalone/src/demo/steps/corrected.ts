import { servedMeasurement, tellLakeview } from '../lakeview.js';
import { entriesOf, measuredOf } from '../reading.js';
import { expectThat, get, type World } from '../world.js';

const RIGHT = '12.4';

/** 5. A corrected result makes a new version of the same Observation; the old one is in its history. */
export async function corrected(world: World, patient: string): Promise<string> {
  const before = await servedMeasurement(world, patient, () => true);
  const wrong = measuredOf(before.resource)?.value;
  await tellLakeview(world, 'corrections', { code: 'HGB', value: RIGHT });
  const after = await servedMeasurement(
    world,
    patient,
    ({ resource }) => measuredOf(resource)?.value === Number(RIGHT),
  );
  expectThat(after.id === before.id, 'the correction made another Observation');
  expectThat(measuredOf(after.resource)?.status === 'corrected', 'it is not marked as corrected');
  const history = await get(world, 'demo-app', `/Observation/${after.id}/_history`);
  const versions = entriesOf(history.body);
  const seen = versions.map(({ resource }) => measuredOf(resource)?.value);
  expectThat(
    seen.length === 2 && seen[0] === Number(RIGHT) && seen[1] === wrong,
    `its history shows ${seen.join(', ')}`,
  );
  const old = await get(world, 'demo-app', `/Observation/${before.id}/_history/${before.meta.versionId}`);
  expectThat(measuredOf(old.body)?.value === wrong, 'the old version cannot be read');
  return `hemoglobin ${String(wrong)} became ${RIGHT}, status corrected; both versions are in history`;
}
