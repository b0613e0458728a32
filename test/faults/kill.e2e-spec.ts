import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { JsonRpc, Node } from '#chain';
import { jsonOf } from '../e2e/answers.js';
import { kill } from '../e2e/processes.js';
import { System, type Part } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import { APP, grantAndRevoke, read, type Acknowledged } from './load.js';
import { gapsOf, lostOf } from './lost.js';
import { roundsOf, seeded, shuffled } from './seeded.js';
import { Wallet } from './wallet.js';

const SEED = 20_261_121;
const LIMIT_MS = 1_800_000;
/** A loaded machine may take long; what is measured is printed. */
const RECOVERY_MS = 90_000;
const LONGEST_CALM_MS = 1_500;
/** Which parts die together, in turn. */
const VICTIMS: readonly (readonly Part[])[] = [
  ['node'],
  ['postgres'],
  ['chain'],
  ['node', 'postgres'],
  ['postgres', 'chain'],
  ['node', 'chain'],
  ['node', 'postgres', 'chain'],
  ['postgres'],
];
const ROUNDS = roundsOf(6);
/** Parts that must be up again; alarms may go on for a while. */
const NEEDED = new Set(['database', 'chain', 'projection']);
const readySchema = z.object({
  ready: z.boolean(),
  parts: z.array(z.object({ part: z.string(), state: z.string() })).min(1),
});

jest.setTimeout(LIMIT_MS);

describe('kill -9 at any instant', () => {
  const system = new System({ ANCHOR_EVERY_S: '3', ACCESS_TOKEN_TTL_S: '3600' });
  const stop = new AbortController();
  const acknowledged: Acknowledged = {
    receipts: [],
    granted: [],
    revoked: [],
    broken: [],
    statuses: new Map(),
  };
  const recoveries: number[] = [];
  let nodeKills = 0;
  let workers: Promise<unknown> = Promise.resolve();
  let readers: Wallet;

  beforeAll(async () => {
    await system.start();
    await Promise.all(['wallet', 'demo-app', APP].map((client) => system.token(client)));
    readers = new Wallet(system, 0);
    const { made, signed } = readers.grant('demo-app');
    await readers.handIn(signed, stop.signal);
    await until(
      'the readers are served',
      RECOVERY_MS,
      async () => (await readers.statusFor('demo-app')) === 200,
    );
    acknowledged.granted.push({ wallet: readers, made });
    workers = Promise.all([
      read(system, readers, { acknowledged, stop: stop.signal }),
      ...[1, 2, 3].map((person) =>
        grantAndRevoke(new Wallet(system, person), { acknowledged, stop: stop.signal }),
      ),
    ]);
  });
  afterAll(async () => {
    stop.abort();
    await workers.catch(() => undefined);
    await system.dispose();
  });

  it(`loses nothing that was acknowledged in ${ROUNDS} rounds, and comes back without hands`, async () => {
    const random = seeded(SEED);
    const rounds = Array.from({ length: ROUNDS }, (_, at) => VICTIMS[at % VICTIMS.length] ?? []);
    for (const [at, victims] of shuffled(rounds, random).entries()) {
      // oxlint-disable no-await-in-loop -- one round after the other
      await sleep(random() * LONGEST_CALM_MS);
      const killed = await killNow(system, victims);
      if (victims.includes('node')) nodeKills += 1;
      const startMs = performance.now();
      await until(`round ${at + 1} (${victims.join(' and ')}) is over`, RECOVERY_MS, () =>
        isWell(system, readers, killed),
      );
      const tookMs = performance.now() - startMs;
      recoveries.push(tookMs);
      process.stderr.write(
        `round ${at + 1}: ${victims.join(' and ')}, answers after ${(tookMs / 1000).toFixed(1)} s\n`,
      );
      expect(await lostOf(system, acknowledged)).toEqual({ receipts: [], revocations: [] });
      // oxlint-enable no-await-in-loop
    }
  });

  it('was under load all the time, and told its clients the truth', async () => {
    // the load goes on: a slow machine has fewer answers behind it by now
    await until(
      'enough was acknowledged',
      LIMIT_MS,
      () => acknowledged.receipts.length > 100 && acknowledged.revoked.length > 3,
    );
    expect([...acknowledged.statuses.keys()].filter((each) => !/^(200|503|none)/.test(each))).toEqual([]);
    process.stderr.write(`${JSON.stringify(Object.fromEntries(acknowledged.statuses))}\n`);
  });

  it('brings every acknowledged grant into force, and no revoked one', async () => {
    stop.abort();
    await workers;
    const isRevoked = new Set(acknowledged.revoked.map(({ made }) => made.grantId));
    for (const { wallet, made } of acknowledged.granted) {
      const [expected, onChain] = isRevoked.has(made.grantId) ? ['ended', 'no'] : ['in-force', 'yes'];
      // oxlint-disable-next-line no-await-in-loop -- one grant after the other
      await until(`grant ${made.grantId} is ${expected}`, RECOVERY_MS, async () => {
        return (await wallet.stateOf(made)) === expected && (await wallet.onChain(made)) === onChain;
      });
    }
    const report = await until('the audit is clean', RECOVERY_MS, async () => {
      const { code, stdout } = await system.auditDatabase();
      return code === 0 ? jsonOf(stdout) : undefined;
    });
    expect(report).toMatchObject({ findings: [] });
  });

  it('records each node that vanished without closing its session', async () => {
    const gaps = await gapsOf(system);
    expect(nodeKills).toBeGreaterThan(0);
    expect(gaps).toBeGreaterThanOrEqual(nodeKills);
    const longest = Math.max(...recoveries);
    process.stderr.write(
      `${nodeKills} nodes killed, ${gaps} gaps recorded, longest ${(longest / 1000).toFixed(1)} s\n`,
    );
  });
});

/** Kills parts at once, as soon as all of them run. Gives their process ids. */
async function killNow(system: System, victims: readonly Part[]): Promise<readonly number[]> {
  const pids = await until('the victims run', RECOVERY_MS, () => {
    const found = victims.flatMap((name) => system.part(name)?.pid ?? []);
    return found.length === victims.length ? found : undefined;
  });
  for (const pid of pids) kill(pid);
  return pids;
}

/** Whether everything runs again and answers: a read with a seal, every part up. */
async function isWell(system: System, readers: Wallet, killed: readonly number[]): Promise<boolean> {
  const pids = (['node', 'postgres', 'chain', 'vendor'] as const).map((name) => system.part(name)?.pid);
  if (pids.some((pid) => pid === undefined || killed.includes(pid))) return false;
  const ready = readySchema.parse(jsonOf((await system.ask('/health/ready')).text));
  const isUp = ready.parts.every(({ part, state }) => state === 'up' || !NEEDED.has(part));
  await chainAnswers(system);
  return ready.ready && isUp && (await readers.statusFor('demo-app')) === 200;
}

/** Rejects where the chain node does not tell its newest block. */
async function chainAnswers(system: System): Promise<void> {
  await new Node(new JsonRpc({ urls: [system.ready.chain.rpcUrl] })).blockNumber();
}
