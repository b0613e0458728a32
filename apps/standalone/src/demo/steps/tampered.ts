import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase, tamper } from '../database-copy.js';
import { outcomeCode } from '../reading.js';
import { signGrant } from '../sign-grant.js';
import { TAMPERINGS, type Tampering } from '../tampering.js';
import { expectThat, flags, get, runProviso, until, type Heard, type World } from '../world.js';

const KNOWS_MS = 30_000;

/** 11. On a copy of the data somebody with full rights edits; each edit is found and named. */
export async function tampered(world: World, patient: string): Promise<string> {
  const granted = { client: 'third-app', classes: 'Observation', lasting: '1h' };
  await signGrant(world, { name: 'third', patient, ...granted });
  const before = await get(world, 'third-app', `/Observation?patient=${patient}`);
  expectThat(before.status === 200, `before anything is edited the answer is ${before.status}`);
  await world.supervisor.stopNode();
  const untouched = await audit(await copyOf(world, 'copy_0'));
  expectThat(
    untouched.exitCode === 0,
    `an untouched copy does not pass: ${untouched.stdout}${untouched.stderr}`,
  );
  const named: string[] = [];
  for (const tampering of TAMPERINGS) {
    // oxlint-disable-next-line no-await-in-loop -- one copy after the other
    named.push(await foundAndNamed(world, tampering, patient));
  }
  await world.supervisor.startNode({});
  return named.join('; ');
}

/** A copy of the data: the database, and the folder with keys, policy and high-water mark. */
interface DataCopy {
  readonly url: string;
  readonly dataDir: string;
}

async function foundAndNamed(world: World, tampering: Tampering, patient: string): Promise<string> {
  const copy = await copyOf(world, `copy_${TAMPERINGS.indexOf(tampering) + 1}`);
  await tamper(copy.url, tampering.sql.replaceAll('$PATIENT', patient));
  const found = await audit(copy);
  expectThat(found.exitCode === 1, `${tampering.name}: audit ended with ${found.exitCode}`);
  expectThat(found.stdout.includes(tampering.finding), `${tampering.name}: audit says ${found.stdout}`);
  await gatewayFinds(world, copy, { tampering, patient });
  return `${tampering.name}: ${tampering.finding.split(' ')[0]} by audit, and by the gateway at ${tampering.gateway}`;
}

async function copyOf(world: World, name: string): Promise<DataCopy> {
  const dataDir = world.file(name);
  const left = ['postgres', 'chain', 'ready.json'].map((each) => join(world.dataDir, each));
  cpSync(world.dataDir, dataDir, { recursive: true, filter: (source) => !left.includes(source) });
  return { dataDir, url: await copyDatabase(world.running.database.url, name) };
}

function audit({ url, dataDir }: DataCopy) {
  const options = flags({ database: url, policy: join(dataDir, 'policy.txt') });
  return runProviso('--data', dataDir, 'audit', ...options);
}

/** A gateway over the copy must refuse to start, or refuse to serve. It anchors nothing: the copy is no second log. */
async function gatewayFinds(
  world: World,
  { url, dataDir }: DataCopy,
  tried: { readonly tampering: Tampering; readonly patient: string },
): Promise<void> {
  const { name, gateway } = tried.tampering;
  const overrides = { DATABASE_URL: url, DATA_DIR: dataDir, ANCHOR_EVERY_S: '86400' };
  const started = await world.supervisor.startNode(overrides).then(
    () => true,
    () => false,
  );
  expectThat(
    started === (gateway === 'read'),
    `${name}: the gateway ${started ? 'started' : 'did not start'}`,
  );
  if (!started) return;
  try {
    const heard = await judged(world, `/Observation?patient=${tried.patient}`);
    const found = heard.status === 500 && outcomeCode(heard.body) === 'integrity-failure';
    expectThat(found, `${name}: a read was answered ${heard.status} ${outcomeCode(heard.body) ?? ''}`);
  } finally {
    await world.supervisor.stopNode();
  }
}

/** What a gateway answers once it knows the chain's state again: until then it says 503 to everyone. */
async function judged(world: World, path: string): Promise<Heard> {
  let heard: Heard | undefined;
  await until(KNOWS_MS, 'the gateway over the copy knows the state of the chain', async () => {
    heard = await get(world, 'third-app', path);
    return outcomeCode(heard.body) !== 'consent-stale';
  });
  if (heard === undefined) throw new Error('nothing was asked');
  return heard;
}
