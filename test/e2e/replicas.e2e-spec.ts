import { jest } from '@jest/globals';
import { z } from 'zod';
import { gatewayKeyOf } from '#config';
import type { Acknowledged } from '../faults/load.js';
import { read } from '../faults/load.js';
import { Wallet } from '../faults/wallet.js';
import { jsonOf, mustReceipt } from './answers.js';
import { checkpointOf, entriesOf, leafOf } from './checkpoint.js';
import { kill } from './processes.js';
import type { Replica } from './replica.js';
import { Replicas } from './replicas.js';
import type { Ended } from './run.js';
import { until } from './until.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
/** A loaded machine may take long; what is measured is printed. */
const TAKEN_OVER_MS = 30_000;
const APP = 'demo-app';
const ENDED_APP = 'third-app';
const GAP_CLASS = 5;
const A = { name: 'a', roles: ['gateway'] } as const;
const B = { name: 'b', roles: ['gateway'] } as const;
const L = { name: 'l', roles: ['ledger', 'ingest', 'audit'] } as const;
const STANDBY = { name: 's', roles: ['ledger', 'ingest'] } as const;

jest.setTimeout(LIMIT_MS);

const replicas = new Replicas({ MONITOR_EVERY_S: '1', ANCHOR_EVERY_S: '2' });
const never = new AbortController().signal;
const acknowledged: Acknowledged = {
  receipts: [],
  granted: [],
  revoked: [],
  broken: [],
  statuses: new Map(),
};
let setups: readonly Ended[];
let a: Replica;
let b: Replica;
let l: Replica;
let s: Replica;

beforeAll(async () => {
  setups = await replicas.setUp(['a', 'b', 'l', 's', 'a2']);
  [a, b, l] = await Promise.all([replicas.start(A), replicas.start(B), replicas.start(L)]);
  await replicas.bind(2);
  await Promise.all(
    ['wallet', APP, ENDED_APP, 'administrator', 'auditor'].map((client) => replicas.token(client)),
  );
});
afterAll(() => replicas.dispose());

const partsSchema = z.object({
  ready: z.boolean(),
  parts: z.array(z.object({ part: z.string(), state: z.string() })),
});
const setupSchema = z.object({
  migrations: z.array(z.string()),
  policy: z.string(),
  gateways: z.array(z.string()),
});
const readiness = async (replica: Replica) =>
  partsSchema.parse(jsonOf((await replica.ask('/health/ready')).text));
const partsOf = async (replica: Replica) => (await readiness(replica)).parts.map(({ part }) => part);
const search = (replica: Replica, client = APP) =>
  replica.fhir(client, `/Observation?patient=${replica.person(0).patient}`);
const servedAt = (replica: Replica, what: string) =>
  until(what, SOON_MS, async () => (await search(replica)).status === 200);

/** A grant of the first person, handed in at one replica and in force at both; how long it took, in milliseconds. */
async function grantedAt(replica: Replica) {
  const { made, signed } = new Wallet(replica, 0).grant(APP);
  const startMs = performance.now();
  acknowledged.receipts.push(
    ...[await new Wallet(replica, 0).handIn(signed, never)].filter((each) => each !== undefined),
  );
  await Promise.all([servedAt(a, 'A serves'), servedAt(b, 'B serves')]);
  return { made, tookMs: performance.now() - startMs };
}

/** Incidents of a kind that a process has told of. */
async function incidents(replica: Replica, kind: string): Promise<number> {
  const { text } = await replica.ask('/metrics');
  return Number(
    new RegExp(`^proviso_incidents_total\\{kind="${kind}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? -1,
  );
}

describe('the setup', () => {
  it('may be run by two at once, which find the same', () => {
    const said = setups.map(({ code, stdout, stderr }) => ({
      code,
      stderr,
      ...setupSchema.parse(jsonOf(stdout)),
    }));
    expect(said).toMatchObject([
      { code: 0, gateways: ['a', 'b', 'l', 's', 'a2'] },
      { code: 0, policy: replicas.file('policy.txt') },
    ]);
  });
});

describe('processes with roles', () => {
  it('speak in readiness of what runs there', async () => {
    const gateway = ['database', 'integrity', 'chain', 'projection', 'sources'];
    expect(await partsOf(a)).toEqual(gateway);
    expect(await partsOf(l)).toEqual(gateway);
    await until('all are ready', SOON_MS, async () =>
      (await Promise.all([a, b, l].map(readiness))).every(({ ready }) => ready),
    );
  });

  it('answer clients at a gateway alone', async () => {
    expect((await a.ask('/fhir/R4/metadata')).status).toBe(200);
    expect((await l.ask('/fhir/R4/metadata')).status).toBe(404);
    expect((await l.ask('/oauth/jwks')).status).toBe(404);
    expect((await a.ask('/oauth/jwks')).text).toBe((await b.ask('/oauth/jwks')).text);
  });

  it('answer auditors where that role is, with the tokens that a gateway gave', async () => {
    const path = `/audit/timeline?patient=${a.person(0).patient}`;
    expect((await a.ask(path, { client: 'auditor' })).status).toBe(404);
    expect((await l.ask(path, { client: 'auditor' })).status).toBe(200);
  });

  it('do not start with a key that the policy does not name', async () => {
    gatewayKeyOf({ DATA_DIR: replicas.folder }, 'x');
    await expect(replicas.start({ name: 'x', roles: ['gateway'] })).rejects.toThrow(
      'ended before it was ready',
    );
    expect(replicas.lines.join('\n')).toMatch(
      /x: internal: The policy lacks the keys of this process: gateway x /,
    );
  });
});

describe('what one gateway does', () => {
  it('counts on the other: a grant when the ledger, which nobody told, has brought it to the chain', async () => {
    const { made, tookMs } = await grantedAt(a);
    expect(tookMs).toBeLessThan(SOON_MS);
    process.stderr.write(
      `a grant handed in at one gateway served at both after ${(tookMs / 1000).toFixed(1)} s\n`,
    );
    await new Wallet(a, 0).handIn(new Wallet(a, 0).revocation(made), never);
  });

  it.each([
    ['A', 'B'],
    ['B', 'A'],
  ])('counts on the other: what is revoked at %s is refused by %s at the next request', async (from) => {
    const [here, there] = from === 'A' ? [a, b] : [b, a];
    const { made } = await grantedAt(here);
    const taken = await new Wallet(here, 0).handIn(new Wallet(here, 0).revocation(made), never);
    expect((await search(there)).status).toBe(403);
    expect((await search(here)).status).toBe(403);
    if (taken !== undefined) acknowledged.receipts.push(taken);
    acknowledged.revoked.push({ wallet: new Wallet(there, 0), made });
  });

  it('counts on the other: the tokens of a client that is removed end', async () => {
    expect((await search(b, ENDED_APP)).status).toBe(403);
    const removed = await a.ask(`/admin/clients/${ENDED_APP}`, { method: 'DELETE', client: 'administrator' });
    expect(removed.status).toBe(200);
    expect((await search(b, ENDED_APP)).status).toBe(401);
    acknowledged.receipts.push(mustReceipt(removed));
  });
});

describe('kill -9 of a gateway under load', () => {
  const stop = new AbortController();
  let load: Promise<unknown> = Promise.resolve();

  it('keeps nobody from the other one, which loses no answer', async () => {
    await grantedAt(b);
    const statuses = new Map<string, number>();
    const readers = new Wallet(b, 0);
    const work = { acknowledged: { ...acknowledged, statuses }, stop: stop.signal };
    const atA = read(a, readers, { acknowledged, stop: stop.signal });
    load = Promise.all([atA, read(b, readers, work), read(b, readers, work)]);
    await until('both answer', SOON_MS, () => acknowledged.receipts.length > 60);
    kill(replicas.child('a').pid ?? 0);
    const before = acknowledged.receipts.length;
    await until('the other answers on', SOON_MS, () => acknowledged.receipts.length > before + 30);
    stop.abort();
    await load;
    expect([...statuses.keys()]).toEqual(['200']);
    const told = [...acknowledged.statuses.keys()].filter((each) => !['200', 'none'].includes(each));
    expect(told).toEqual([]);
  });

  it('is noticed by the ledger', async () => {
    await until(
      'the ledger tells of it',
      SOON_MS,
      async () => (await incidents(l, 'gateway-vanished')) === 1,
    );
    const { ready, parts } = await readiness(l);
    expect({ ready, integrity: parts.find(({ part }) => part === 'integrity')?.state }).toEqual({
      ready: true,
      integrity: 'degraded',
    });
  });
});

describe('a ledger that is killed', () => {
  it('is followed by the one that stands by, within a bound', async () => {
    s = await replicas.start(STANDBY);
    kill(replicas.child('l').pid ?? 0);
    const startMs = performance.now();
    const { made, signed } = new Wallet(b, 1).grant(APP);
    await new Wallet(b, 1).handIn(signed, never);
    await until(
      'its grant is in force',
      TAKEN_OVER_MS,
      async () => (await new Wallet(b, 1).stateOf(made)) === 'in-force',
    );
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeLessThan(TAKEN_OVER_MS);
    process.stderr.write(
      `relayer and projection moved: a grant was in force ${(tookMs / 1000).toFixed(1)} s after the kill\n`,
    );
    acknowledged.granted.push({ wallet: new Wallet(b, 1), made });
    await until('the monitors moved', SOON_MS, async () => (await incidents(s, 'gateway-vanished')) === 1);
  });
});

describe('a gateway that comes back', () => {
  it('signs with a new key that the policy names, and closes in the log the sessions that ended', async () => {
    a = await replicas.start(A, { env: { GATEWAY_KEY_FILE: replicas.file('keys/gateway-a2.pem') } });
    await servedAt(a, 'A serves again');
    acknowledged.receipts.push(mustReceipt(await search(a)));
    const { size } = await checkpointOf(b);
    const gaps = (await entriesOf(b, size)).filter((entry) => entry[3] === GAP_CLASS);
    expect(gaps.length).toBe(2);
    await until('the incidents are over', SOON_MS, async () =>
      (await readiness(s)).parts.every(({ part, state }) => part !== 'integrity' || state === 'up'),
    );
  });

  it('leaves every acknowledged record where its receipt says, by either gateway, and a clean audit', async () => {
    const top = acknowledged.receipts.reduce((most, { index }) => (index > most ? index : most), 0n);
    for (const gateway of [a, b]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { size } = await until('the checkpoint covers them', SOON_MS, async () => {
        const checkpoint = await checkpointOf(gateway);
        return checkpoint.size > top ? checkpoint : undefined;
      });
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const leaves = (await entriesOf(gateway, size)).map(leafOf);
      expect(acknowledged.receipts.filter(({ index, leaf }) => leaves[Number(index)] !== leaf)).toEqual([]);
    }
    expect(acknowledged.receipts.length).toBeGreaterThan(90);
    const { code, stdout } = await replicas.outside.audit(replicas);
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({ code: 0, report: { findings: [] } });
  });
});
