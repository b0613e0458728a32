import { writeFileSync } from 'node:fs';
import { stderr } from 'node:process';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { codeOf, matchesOf, mustReceipt, mustServe, receiptOf } from '../e2e/answers.js';
import { System } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import { Wallet } from '../faults/wallet.js';
import { makeAccount } from '../../libs/chain/src/testing/keys.js';
import { findGeth, GethNetwork } from './geth.js';
import { relayerOf } from './relayer-of.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
const COIN = 10n ** 18n;
const DEPTH = 4n;
const STALENESS_S = 8;
const APP = 'demo-app';

jest.setTimeout(LIMIT_MS);

const geth = findGeth();
if (geth.kind === 'missing') stderr.write(`skipped: geth is not here: ${geth.why}\n`);

const never = new AbortController().signal;
const verdictSchema = z.object({ verdict: z.string() });

(geth.kind === 'ready' ? describe : describe.skip)('a chain that we did not start, of another client', () => {
  const system = new System({ ANCHOR_EVERY_S: '2', ACCESS_TOKEN_TTL_S: '3600', LOG_LEVEL: 'info' });
  let network: GethNetwork;
  let settings: Readonly<Record<string, string>>;

  beforeAll(async () => {
    network = await GethNetwork.start(geth.kind === 'ready' ? geth.binary : '');
    const deployer = makeAccount();
    await network.fund([deployer.address, relayerOf(system.dataDir)], COIN);
    const key = system.file('deployer.hex');
    writeFileSync(key, deployer.key, { mode: 0o600 });
    const printed = await system.must('chain', 'deploy', '--rpc', network.url, '--key', key, '--json');
    settings = z.record(z.string(), z.string()).parse(JSON.parse(printed));
    await system.start({
      ...settings,
      CHAIN_FINALITY: String(DEPTH),
      CHAIN_MAX_STALENESS_S: String(STALENESS_S),
    });
  });
  afterAll(async () => {
    await system.dispose();
    await network?.stop();
  });

  const person = (index: number) => new Wallet(system, index);
  const search = (index: number) => system.fhir(APP, `/Observation?patient=${person(index).patient}`);
  const served = (index: number) =>
    until(`person ${index} is served`, SOON_MS, async () => mustServe(await search(index)));

  it('is pinned by what proviso chain deploy printed, and found again by it', async () => {
    expect(settings).toMatchObject({ CHAIN_MODE: 'external', CHAIN_ID: '1337' });
    expect(Number(settings['CONSENT_REGISTRY_DEPLOY_BLOCK'])).toBeGreaterThan(0);
    expect(system.ready.chain.contracts.consentRegistry).toBe(settings['CONSENT_REGISTRY']);
    const again = await system.must(
      'chain',
      'deploy',
      '--rpc',
      network.url,
      '--json',
      '--key',
      system.file('deployer.hex'),
    );
    expect(JSON.parse(again)).toEqual(settings);
  });

  it('brings a grant into force when its block is final, and its receipt verifies against the chain', async () => {
    expect((await search(0)).status).toBe(403);
    const { made, signed } = person(0).grant(APP);
    await person(0).handIn(signed, never);
    const answer = await served(0);
    expect(matchesOf(answer).length).toBeGreaterThan(0);
    expect(await person(0).onChain(made)).toBe('yes');
    await verifies(mustReceipt(answer).index, answer.text);
  });

  /** Waits for the anchor that covers a record, and checks receipt and body with nothing but policy and chain. */
  async function verifies(index: bigint, body: string): Promise<void> {
    const [receipt, wire] = [system.file('receipt.json'), system.file('body.json')];
    writeFileSync(wire, body);
    const claims = ['--policy', system.file('policy.txt'), '--wire', wire, '--rpc', network.url, '--json'];
    const valid = await until('the receipt is anchored', SOON_MS, async () => {
      await system.must('receipt', '--client', APP, '--index', String(index), '--out', receipt);
      const { code, stdout } = await system.proviso('verify', receipt, ...claims);
      return code === 0 && stdout;
    });
    expect(verdictSchema.parse(JSON.parse(valid))).toEqual({ verdict: 'valid-anchored' });
  }

  it('counts a revocation at once, and brings it to the chain', async () => {
    const { made, signed } = person(1).grant(APP);
    await person(1).handIn(signed, never);
    await served(1);
    await person(1).handIn(person(1).revocation(made), never);
    expect((await search(1)).status).toBe(403);
    await until(
      'the revocation is on the chain',
      SOON_MS,
      async () => (await person(1).onChain(made)) === 'no',
    );
  });

  it('undone below what was final: a permit waits until it is in a block again, a revocation stays', async () => {
    const fork = await network.node.blockNumber();
    const { made, signed } = person(2).grant(APP);
    await person(2).handIn(signed, never);
    await served(2);
    await network.setHead(fork);
    const undone = await until('the permit is no longer in force', SOON_MS, async () => {
      const answer = await search(2);
      return answer.status !== 200 && answer;
    });
    expect([403, 503]).toContain(undone.status);
    expect((await search(1)).status).not.toBe(200);
    await served(2);
    expect(await person(2).onChain(made)).toBe('yes');
    expect((await search(1)).status).toBe(403);
  });

  it('that hangs: reads end with 503 when the newest block is too old, a revocation counts, all goes on later', async () => {
    const { made, signed } = person(3).grant(APP);
    await person(3).handIn(signed, never);
    await served(3);
    network.pause();
    const stale = await until('the projection is too old', SOON_MS, async () => {
      const answer = await search(3);
      return answer.status !== 200 && answer;
    });
    expect({ status: stale.status, code: codeOf(stale) }).toEqual({ status: 503, code: 'consent-stale' });
    const taken = await system.ask('/consent/revocations', {
      method: 'POST',
      client: 'wallet',
      headers: { 'content-type': 'application/json' },
      body: person(3).revocation(made).body,
    });
    expect({ status: taken.status, sealed: receiptOf(taken) !== undefined }).toEqual({
      status: 202,
      sealed: true,
    });
    network.resume();
    await served(2);
    expect((await search(3)).status).toBe(403);
    await until(
      'the revocation is on the chain',
      SOON_MS,
      async () => (await person(3).onChain(made)) === 'no',
    );
  });
});
