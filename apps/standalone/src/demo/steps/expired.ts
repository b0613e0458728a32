import { expectThat, get, mustProviso, until, type World } from '../world.js';
import { grantFile, keyFile, subjectFile } from '../names.js';
import { readFileSync } from 'node:fs';

const SECONDS = 10;

/** 5. A grant for ten seconds ends by itself, on the chain too, and a clock set back revives nothing. */
export async function expired(world: World, patient: string): Promise<string> {
  const subject = readFileSync(subjectFile(world), 'utf8');
  await mustProviso(
    world,
    ...['grant', '--key', keyFile(world), '--patient', patient, '--subject', subject],
    ...['--to-client', 'second-app', '--classes', 'Observation', '--purpose', 'TREAT'],
    ...['--for', `${SECONDS}s`, '--out', grantFile(world, 'short'), '--wait'],
  );
  const ask = async () => (await get(world, 'second-app', `/Observation?patient=${patient}`)).status;
  await until(5_000, 'the short grant takes effect', async () => (await ask()) === 200);
  await until((SECONDS + 3) * 1_000, 'the short grant ends by itself', async () => (await ask()) === 403);
  await world.supervisor.stopNode();
  const view = await mustProviso(
    world,
    ...[
      'grants',
      'check',
      '--grant',
      grantFile(world, 'short'),
      '--class',
      'Observation',
      '--purpose',
      'TREAT',
    ],
    ...['--rpc', world.running.chain.rpcUrl],
  );
  expectThat(view.includes('not in force'), `the contract says: ${view.trim()}`);
  await world.supervisor.startNode({ DEV_CLOCK_OFFSET_S: '-3600' });
  const back = await ask();
  await world.supervisor.stopNode();
  await world.supervisor.startNode({});
  expectThat(back === 403, `with the clock an hour back the answer is ${back}`);
  return `200, then 403 after ${SECONDS} s; the contract says "${view.trim()}"; an hour back: still 403`;
}
