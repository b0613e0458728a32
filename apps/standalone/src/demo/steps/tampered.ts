import { outcomeCode } from '../reading.js';
import { copyDatabase, tamper } from '../database-copy.js';
import { TAMPERINGS, type Tampering } from '../tampering.js';
import { expectThat, get, proviso, type World } from '../world.js';
import { policyFile } from '../names.js';

/** 7. On a copy of the data somebody with full rights edits; each edit is found and named. */
export async function tampered(world: World, patient: string): Promise<string> {
  await world.supervisor.stopNode();
  const named: string[] = [];
  for (const tampering of TAMPERINGS) {
    // oxlint-disable-next-line no-await-in-loop -- one copy after the other
    named.push(await foundAndNamed(world, tampering, patient));
  }
  await world.supervisor.startNode({});
  return named.join('; ');
}

async function foundAndNamed(world: World, tampering: Tampering, patient: string): Promise<string> {
  const url = await copyDatabase(world.running.database.url, `copy_${Math.trunc(performance.now())}`);
  const clean = await audit(world, url);
  expectThat(clean.exitCode === 0, `the untouched copy does not pass: ${clean.stdout}`);
  await tamper(url, tampering.sql.replaceAll('$PATIENT', patient));
  const found = await audit(world, url);
  expectThat(found.exitCode === 1, `${tampering.name}: audit ended with ${found.exitCode}`);
  expectThat(found.stdout.includes(tampering.finding), `${tampering.name}: audit says ${found.stdout}`);
  const gateway = await gatewayFinds(world, { url, tampering, patient });
  expectThat(gateway, `${tampering.name}: the gateway did not notice at the ${tampering.gateway}`);
  return `${tampering.name}: ${tampering.finding} by audit, and by the gateway at ${tampering.gateway}`;
}

function audit(world: World, url: string) {
  return proviso(world, 'audit', '--database', url, '--policy', policyFile(world));
}

async function gatewayFinds(
  world: World,
  tried: { url: string; tampering: Tampering; patient: string },
): Promise<boolean> {
  const overrides = { DATABASE_URL: tried.url };
  if (tried.tampering.gateway === 'start') {
    return world.supervisor.startNode(overrides).then(
      () => world.supervisor.stopNode().then(() => false),
      () => true,
    );
  }
  await world.supervisor.startNode(overrides);
  try {
    const heard = await get(world, 'third-app', `/Observation?patient=${tried.patient}`);
    return heard.status === 500 && outcomeCode(heard.body) === 'integrity-failure';
  } finally {
    await world.supervisor.stopNode();
  }
}
