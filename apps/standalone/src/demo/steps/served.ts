import { writeFileSync } from 'node:fs';
import { expectThat, get, mustProviso, until, type Heard, type World } from '../world.js';
import { entriesOf, receiptIndex } from '../reading.js';
import { receiptFile, SOURCES } from '../names.js';

const EFFECT_MS = 30_000;

/** 3. The app asks again: a Bundle of Observations, each with its source; the reply carries a receipt. */
export async function served(world: World, patient: string): Promise<string> {
  const heard = await permitted(world, patient);
  const resources = entriesOf(heard.body);
  expectThat(resources.length > 0, 'the Bundle is empty');
  const strange = resources.filter(({ meta }) => !SOURCES.includes(meta.source));
  expectThat(strange.length === 0, `a resource has another source: ${strange[0]?.meta.source}`);
  const index = receiptIndex(heard.receipt);
  await mustProviso(world, 'receipt', '--index', index, '--client', 'demo-app', '--out', receiptFile(world));
  writeFileSync(world.file('index.txt'), index);
  return `200 with ${resources.length} Observations, each with its source; receipt of record ${index}`;
}

async function permitted(world: World, patient: string): Promise<Heard> {
  let heard: Heard | undefined;
  await until(EFFECT_MS, 'the grant takes effect', async () => {
    heard = await get(world, 'demo-app', `/Observation?patient=${patient}&_count=50`);
    return heard.status === 200;
  });
  if (heard === undefined) throw new Error('nothing was asked');
  return heard;
}
