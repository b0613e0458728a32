import { expectThat, get, mustProviso, until, type World } from '../world.js';
import { grantFile, keyFile } from '../names.js';

const EFFECT_MS = 30_000;

/** 10. She revokes: refused as soon as the revocation is mined and seen. How long that takes, the benchmark measures. */
export async function revoked(world: World, patient: string): Promise<string> {
  const ask = async () => (await get(world, 'demo-app', `/Observation?patient=${patient}`)).status;
  expectThat((await ask()) === 200, 'the grant is not in force before it is revoked');
  await mustProviso(world, 'revoke', '--key', keyFile(world), '--grant', grantFile(world, 'observations'));
  const tookMs = await until(EFFECT_MS, 'the revocation takes effect', async () => (await ask()) === 403);
  return `403 ${Math.round(tookMs)} ms after the revocation was received`;
}
