import { grantFile } from '../names.js';
import { signGrant } from '../sign-grant.js';
import { expectThat, flags, get, mustProviso, until, type World } from '../world.js';

const SECONDS = 10;
/** A slow machine is allowed for; that it ended in time the answer's own clock judges. */
const EFFECT_MS = 30_000;

/** 9. A grant for ten seconds ends by itself, on the chain too, and a clock set back revives nothing. */
export async function expired(world: World, patient: string): Promise<string> {
  const granted = { client: 'second-app', classes: 'Observation', lasting: `${SECONDS}s` };
  await signGrant(world, { name: 'short', patient, ...granted });
  const ask = async () => (await get(world, 'second-app', `/Observation?patient=${patient}`)).status;
  await until(EFFECT_MS, 'the short grant takes effect', async () => (await ask()) === 200);
  await until(EFFECT_MS, 'the short grant ends by itself', async () => (await ask()) === 403);
  await world.supervisor.stopNode();
  const asked = { class: 'Observation', purpose: 'TREAT', rpc: world.running.chain.rpcUrl };
  const options = flags({ grant: grantFile(world, 'short'), ...asked });
  const view = await mustProviso(world, 'grants', 'check', ...options);
  expectThat(view.includes('not in force'), `the contract says: ${view.trim()}`);
  await world.supervisor.startNode({ DEV_CLOCK_OFFSET_S: '-3600' });
  const back = await ask();
  await world.supervisor.stopNode();
  await world.supervisor.startNode({});
  expectThat(back === 403, `with the clock an hour back the answer is ${back}`);
  return `200, then 403 after ${SECONDS} s; the contract says "${view.trim()}"; an hour back: still 403`;
}
