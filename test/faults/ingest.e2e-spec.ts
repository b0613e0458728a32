import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { MllpClient } from '../../libs/ehr/src/testing/mllp-client.js';
import { checkpointOf, entriesOf } from '../e2e/checkpoint.js';
import { kill } from '../e2e/processes.js';
import { System } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import { Outside } from './outside.js';
import { roundsOf, seeded } from './seeded.js';
import { storedMessages } from './stored-messages.js';
import { resultLetter, V2Load } from './v2-load.js';

const SEED = 20_261_122;
const ROUNDS = roundsOf(6);
const LIMIT_MS = 120_000 + ROUNDS * 30_000;
/** A loaded machine may take long; what is measured is printed. */
const RECOVERY_MS = 90_000;
const LONGEST_CALM_MS = 1_200;
const CONNECTIONS = 4;
/** A sender whose message was refused waits about so long at first. */
const RETRY_MS = 500;
const INTAKE_CLASS = 8;

jest.setTimeout(LIMIT_MS);

const system = new System({ SOURCE_ROSTER_EVERY_S: '3600' });
const outside = new Outside(system.dataDir);
let databaseUrl = '';
let load: V2Load;
let intakesBefore = 0;

beforeAll(async () => {
  const env = await outside.start(2);
  databaseUrl = env['DATABASE_URL'] ?? '';
  await system.start(env);
  const { mllp } = system.ready;
  if (mllp === undefined) throw new Error('The system takes no messages.');
  intakesBefore = await intakes();
  load = new V2Load(mllp, CONNECTIONS);
});
afterAll(async () => {
  load?.end();
  await system.dispose();
  await outside.dispose();
});

/** Log records of what sources delivered. */
async function intakes(): Promise<number> {
  const { size } = await checkpointOf(system);
  return (await entriesOf(system, size)).filter((entry) => entry[3] === INTAKE_CLASS).length;
}

const stored = () => storedMessages(databaseUrl, 'LOAD');

/** Waits until more messages are acknowledged than now. */
async function progress(more = CONNECTIONS): Promise<void> {
  const before = load.acknowledged.size;
  await until('messages are acknowledged', RECOVERY_MS, () => load.acknowledged.size >= before + more);
}

/** Waits until a message that is no part of the load is refused: what was on its way before has then been answered. */
async function refusedOnce(): Promise<void> {
  const { mllp } = system.ready;
  if (mllp === undefined) throw new Error('The system takes no messages.');
  const probe = Buffer.from(resultLetter(0).bytes).toString('latin1').replace('LOAD0', 'PROBE');
  await until('a message is refused', RECOVERY_MS, async () => {
    const client = await MllpClient.connect({ host: mllp.host, port: mllp.port });
    try {
      return Buffer.from(await client.send(Buffer.from(probe, 'latin1'))).includes('MSA|AE|');
    } finally {
      await client.close();
    }
  });
}

/** What was acknowledged and is not kept. */
async function lost(): Promise<readonly string[]> {
  const acknowledged = [...load.acknowledged];
  const kept = new Set((await stored()).kept);
  return acknowledged.filter((controlId) => !kept.has(controlId));
}

describe('kill -9 of the node while messages come in', () => {
  it(`loses no acknowledged message in ${ROUNDS} rounds`, async () => {
    const random = seeded(SEED);
    const recoveries: number[] = [];
    load.start();
    for (let round = 1; round <= ROUNDS; round += 1) {
      // oxlint-disable no-await-in-loop -- one round after the other
      await progress();
      await sleep(random() * LONGEST_CALM_MS);
      const { pid } = await until('the node runs', RECOVERY_MS, () => system.part('node'));
      kill(pid);
      const startMs = performance.now();
      await until('another node runs', RECOVERY_MS, () => {
        const next = system.part('node');
        return next !== undefined && next.pid !== pid;
      });
      await progress(1);
      recoveries.push(performance.now() - startMs);
      expect(await lost()).toEqual([]);
      // oxlint-enable no-await-in-loop
    }
    const longest = Math.max(...recoveries) / 1000;
    process.stderr.write(
      `${ROUNDS} rounds, ${load.acknowledged.size} messages acknowledged, taken again after ${longest.toFixed(1)} s at most\n`,
    );
  });
});

describe('the database away while messages come in', () => {
  it('acknowledges nothing until it is back, and then goes on', async () => {
    await progress();
    await outside.database.break();
    await refusedOnce();
    const held = load.acknowledged.size;
    for (let refused = 0; refused < 5; refused += 1) {
      // oxlint-disable no-await-in-loop -- one after the other, while the senders try again
      await sleep(RETRY_MS);
      await refusedOnce();
      // oxlint-enable no-await-in-loop
    }
    expect(load.acknowledged.size).toBe(held);
    await outside.database.unbreak();
    await progress();
    expect(await lost()).toEqual([]);
  });
});

describe('when the storm is over', () => {
  it('has every message once, each converted once', async () => {
    load.stop();
    await until('every message is answered', RECOVERY_MS, () => load.waiting === 0);
    const found = await until('every message is converted', RECOVERY_MS, async () => {
      const now = await stored();
      return (now.states['received'] ?? 0) === 0 ? now : undefined;
    });
    const all = load.made;
    expect(load.refused).toEqual([]);
    expect(load.acknowledged.size).toBe(all);
    expect(new Set(found.kept).size).toBe(found.kept.length);
    expect({ ...found, kept: found.kept.length }).toEqual({
      states: { converted: all },
      kept: all,
      records: all,
      observations: all,
      versions: all,
    });
    const recorded = await until('the checkpoint covers everything', RECOVERY_MS, async () => {
      const now = (await intakes()) - intakesBefore;
      return now >= all ? now : undefined;
    });
    expect(recorded).toBe(all);
  });

  it('leaves a database in which everything is as it was recorded', async () => {
    const { code, stdout } = await outside.audit(system);
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({ code: 0, report: { findings: [] } });
  });
});
