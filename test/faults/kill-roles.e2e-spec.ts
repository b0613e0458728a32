import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { kill } from '../e2e/processes.js';
import type { Replica } from '../e2e/replica.js';
import { Replicas } from '../e2e/replicas.js';
import { until } from '../e2e/until.js';
import { grantAndRevoke, read, type Acknowledged } from './load.js';
import { gapsOf, lostOf } from './lost.js';
import { roundsOf, seeded, shuffled } from './seeded.js';
import { storedMessages } from './stored-messages.js';
import { V2Load } from './v2-load.js';
import { Wallet } from './wallet.js';

const SEED = 20_261_123;
const LIMIT_MS = 1_800_000;
/** A loaded machine may take long; what is measured is printed. */
const RECOVERY_MS = 90_000;
const LONGEST_CALM_MS = 600;
/** Share of rounds that the next one does not wait for. */
const OVERLAP = 0.6;
const READERS_APP = 'demo-app';
const CONNECTIONS = 1;
const GATEWAYS = ['a', 'b'] as const;
const LEDGERS = ['l', 's'] as const;
/** Whatever can be killed: a replica by its name, or what all of them need. */
type Victim = (typeof GATEWAYS)[number] | (typeof LEDGERS)[number] | 'database' | 'chain';
/** Which die together, in turn. */
const VICTIMS: readonly (readonly Victim[])[] = [
  ['a'],
  ['l'],
  ['b', 's'],
  ['a', 'database'],
  ['l', 'chain'],
  ['a', 'b'],
  ['l', 's'],
  ['a', 'b', 'l', 's'],
  ['database'],
  ['chain', 'b'],
];
const ROUNDS = roundsOf(8);

jest.setTimeout(LIMIT_MS);

describe('kill -9 of processes with roles, at any instant', () => {
  const replicas = new Replicas({
    MONITOR_EVERY_S: '1',
    ANCHOR_EVERY_S: '3',
    SOURCE_ROSTER_EVERY_S: '3600',
  });
  const stop = new AbortController();
  const acknowledged: Acknowledged = {
    receipts: [],
    granted: [],
    revoked: [],
    broken: [],
    statuses: new Map(),
  };
  const gateways: Replica[] = [];
  const recoveries: number[] = [];
  let readers: Wallet;
  let messages: V2Load;
  let workers: Promise<unknown> = Promise.resolve();
  let nodeKills = 0;

  const first = () => {
    const [found] = gateways;
    if (found === undefined) throw new Error('There is no gateway.');
    return found;
  };
  const bothServe = () => Promise.all(gateways.map((gateway) => new Wallet(gateway, 0).mustSee(READERS_APP)));

  beforeAll(async () => {
    await replicas.setUp([...GATEWAYS, ...LEDGERS], 2);
    const start = (name: string, ...roles: ('gateway' | 'ledger' | 'ingest')[]) =>
      replicas.start({ name, roles }, { restart: true });
    const [a, b] = await Promise.all([
      start('a', 'gateway'),
      start('b', 'gateway'),
      ...LEDGERS.map((name) => start(name, 'ledger', 'ingest')),
    ]);
    gateways.push(a, b);
    await replicas.bind(3);
    await Promise.all(['wallet', READERS_APP, 'second-app'].map((client) => replicas.token(client)));
    readers = new Wallet(a, 0);
    const { made, signed } = readers.grant(READERS_APP);
    await readers.handIn(signed, stop.signal);
    acknowledged.granted.push({ wallet: readers, made });
    await until('both serve the readers', RECOVERY_MS, bothServe);
    const { mllp } = replicas.ready;
    if (mllp === undefined) throw new Error('Nobody takes messages.');
    messages = new V2Load(mllp, CONNECTIONS);
    messages.start();
    const work = { acknowledged, stop: stop.signal };
    workers = Promise.all([
      ...gateways.map((gateway) => read(gateway, readers, work)),
      grantAndRevoke(new Wallet(a, 1), work),
      grantAndRevoke(new Wallet(b, 2), work),
    ]);
  });
  afterAll(async () => {
    stop.abort();
    messages?.end();
    await workers.catch(() => undefined);
    await replicas.dispose();
  });

  /** Kills at once; what has nobody to start it again is started here. */
  async function killNow(victims: readonly Victim[]): Promise<void> {
    const nodes = victims.filter((each) => each !== 'database' && each !== 'chain');
    const outages = [
      ...(victims.includes('database') ? [replicas.outside.database] : []),
      ...(victims.includes('chain') ? [replicas.outside.chain] : []),
    ];
    nodeKills += nodes.length;
    await Promise.all([
      ...nodes.map(async (name) => {
        kill(await until(`${name} runs`, RECOVERY_MS, () => replicas.child(name).pid));
      }),
      ...outages.map(async (outage) => {
        await outage.break();
        await outage.unbreak();
      }),
    ]);
  }

  it(`loses nothing that was acknowledged in ${ROUNDS} rounds, and comes back without hands`, async () => {
    const random = seeded(SEED);
    const rounds = Array.from({ length: ROUNDS }, (_, at) => VICTIMS[at % VICTIMS.length] ?? []);
    for (const [at, victims] of shuffled(rounds, random).entries()) {
      // oxlint-disable no-await-in-loop -- one round after the other
      await sleep(random() * LONGEST_CALM_MS);
      const startMs = performance.now();
      await killNow(victims);
      // some rounds begin before the one before has been recovered from
      if (random() < OVERLAP) continue;
      await until(`round ${at + 1} (${victims.join(', ')}) is over`, RECOVERY_MS, bothServe);
      recoveries.push(performance.now() - startMs);
      expect(await lostOf(first(), acknowledged)).toEqual({ receipts: [], revocations: [] });
      // oxlint-enable no-await-in-loop
    }
    await until('both serve at the end', RECOVERY_MS, bothServe);
    expect(await lostOf(first(), acknowledged)).toEqual({ receipts: [], revocations: [] });
  });

  it('was under load all the time, and told its clients the truth', async () => {
    // the load goes on: a slow machine has fewer answers behind it by now
    await until(
      'enough was acknowledged',
      LIMIT_MS,
      () =>
        acknowledged.receipts.length > 100 &&
        acknowledged.revoked.length > 3 &&
        messages.acknowledged.size > 100,
    );
    expect([...acknowledged.statuses.keys()].filter((each) => !/^(200|503|none)/.test(each))).toEqual([]);
    expect(messages.refused).toEqual([]);
  });

  it('brings every acknowledged grant into force, and no revoked one', async () => {
    stop.abort();
    await workers;
    expect(acknowledged.broken).toEqual([]);
    const isRevoked = new Set(acknowledged.revoked.map(({ made }) => made.grantId));
    for (const { wallet, made } of acknowledged.granted) {
      const [expected, onChain] = isRevoked.has(made.grantId) ? ['ended', 'no'] : ['in-force', 'yes'];
      // oxlint-disable-next-line no-await-in-loop -- one grant after the other
      await until(`grant ${made.grantId} is ${expected}`, RECOVERY_MS, async () => {
        return (await wallet.stateOf(made)) === expected && (await wallet.onChain(made)) === onChain;
      });
    }
  });

  it('converts every acknowledged message, once', async () => {
    messages.stop();
    await until('what is on its way is answered', RECOVERY_MS, () => messages.waiting === 0);
    const stored = await until('every message is converted', RECOVERY_MS, async () => {
      const found = await storedMessages(replicas.databaseUrl, 'LOAD');
      return Object.keys(found.states).join() === 'converted' ? found : undefined;
    });
    const kept = new Set(stored.kept);
    expect([...messages.acknowledged].filter((controlId) => !kept.has(controlId))).toEqual([]);
    expect(stored.kept).toHaveLength(kept.size);
  });

  it('leaves a log that the audit finds whole, with a gap for each session that nobody closed', async () => {
    const report = await until('the audit is clean', RECOVERY_MS, async () => {
      const { code, stdout } = await replicas.outside.audit(replicas);
      return code === 0 && stdout;
    });
    expect(report).toMatch(/"findings":\s*\[\]/);
    const gaps = await gapsOf(first());
    const said = {
      killed: nodeKills,
      gaps,
      recovered: `${recoveries.length} times, ${(Math.max(...recoveries) / 1000).toFixed(1)} s at most`,
      receipts: acknowledged.receipts.length,
      revoked: acknowledged.revoked.length,
      messages: messages.acknowledged.size,
    };
    process.stderr.write(`${JSON.stringify(said)}\n`);
    expect(gaps).toBeGreaterThan(0);
  });
});
