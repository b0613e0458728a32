import { jest } from '@jest/globals';
import { codeOf, matchesOf, receiptOf, warningsOf } from '../e2e/answers.js';
import { System } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import { Outside } from './outside.js';
import { Wallet } from './wallet.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
const STALENESS_S = 15;
const APP = 'demo-app';
/** Far above the time that a client waits for a source. */
const PATIENCE_MS = 15_000;

jest.setTimeout(LIMIT_MS);

const system = new System({
  CHAIN_MAX_STALENESS_S: String(STALENESS_S),
  ACCESS_TOKEN_TTL_S: '3600',
  ANCHOR_EVERY_S: '2',
  SOURCE_REFRESH_TIMEOUT_MS: '1500',
});
const outside = new Outside(system.dataDir);
const never = new AbortController().signal;
let env: NodeJS.ProcessEnv = {};
let people: readonly Wallet[] = [];

beforeAll(async () => {
  env = await outside.start();
  await system.start(env);
  people = [0, 1, 2, 3].map((index) => new Wallet(system, index));
  await Promise.all(['wallet', APP].map((client) => system.token(client)));
});
afterAll(async () => {
  await system.dispose();
  await outside.dispose();
});

function person(index: number): Wallet {
  const wallet = people[index];
  if (wallet === undefined) throw new Error(`There is no person ${index}.`);
  return wallet;
}

const search = (index: number) =>
  system.fhir(APP, `/Observation?patient=${person(index).patient}&_count=100`);

/** Hands in what a wallet signed, once. */
const handIn = ({ path, body }: { readonly path: string; readonly body: string }) =>
  system.ask(path, {
    method: 'POST',
    client: 'wallet',
    headers: { 'content-type': 'application/json' },
    body,
  });

/** A grant of the person, in force. */
async function granted(index: number) {
  const { made, signed } = person(index).grant(APP);
  await person(index).handIn(signed, never);
  await until(`person ${index} is served`, SOON_MS, async () => (await search(index)).status === 200);
  return made;
}

/** Waits for an answer of which something holds. */
function answerOf(
  index: number,
  what: string,
  holds: (answer: Awaited<ReturnType<typeof search>>) => boolean,
) {
  return until(what, SOON_MS, async () => {
    const answer = await search(index);
    return holds(answer) ? answer : undefined;
  });
}

describe('the chain node', () => {
  let complete: readonly string[] = [];
  let revoked: Awaited<ReturnType<typeof granted>> | undefined;
  beforeAll(async () => {
    await granted(0);
    complete = matchesOf(await search(0));
  });

  it('away: reads go on until the projection is too old, revocations go on without end', async () => {
    const made = await granted(1);
    expect(await person(1).onChain(made)).toBe('yes');
    revoked = made;
    await outside.chain.break();
    const soonAfter = await search(0);
    expect([200, 503]).toContain(soonAfter.status);
    const taken = await handIn(person(1).revocation(made));
    expect({ status: taken.status, sealed: receiptOf(taken) !== undefined }).toEqual({
      status: 202,
      sealed: true,
    });
    expect([403, 503]).toContain((await search(1)).status);
    expect(await person(1).stateOf(made)).toBe('ended');
    const stale = await answerOf(0, 'the projection is too old', ({ status }) => status !== 200);
    expect({ status: stale.status, code: codeOf(stale) }).toEqual({ status: 503, code: 'consent-stale' });
    expect(receiptOf(stale)).toBeDefined();
    const late = await handIn(person(1).revocation(made));
    expect(late.status).toBe(202);
    const filed = await handIn(person(2).grant(APP).signed);
    expect({ status: filed.status, code: codeOf(filed) }).toEqual({ status: 503, code: 'consent-stale' });
    const ready = await system.ask('/health/ready');
    expect(ready.text).toMatch(/"part":"chain","state":"down"/);
  });

  it('back: reads go on by themselves, what was revoked stays revoked, and gets to the chain', async () => {
    await outside.chain.unbreak();
    const answer = await answerOf(0, 'reads go on', ({ status }) => status === 200);
    expect(matchesOf(answer)).toEqual(complete);
    expect((await search(1)).status).toBe(403);
    await until('the revocation is on the chain', SOON_MS, async () => {
      return revoked !== undefined && (await person(1).onChain(revoked)) === 'no';
    });
    const made = await granted(2);
    expect(await person(2).stateOf(made)).toBe('in-force');
  });
});

describe('the database', () => {
  it('away: everything about somebody is 503 with an OperationOutcome, what is public and constant goes on', async () => {
    await outside.database.break();
    const paths = ['/fhir/R4/Observation', `/fhir/R4/Patient/${person(0).patient}`, '/receipts/0'];
    for (const path of [
      ...paths,
      '/consent/grants/0x00',
      '/log/default/checkpoint',
      '/log/default/tile/0/000',
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await system.ask(path, { client: APP });
      expect({ path, status: answer.status, code: codeOf(answer) }).toEqual({
        path,
        status: 503,
        code: 'seal-unavailable',
      });
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect((await system.ask('/fhir/R4/metadata')).status).toBe(200);
    expect((await system.ask('/health/live')).status).toBe(200);
    const ready = await until('readiness has noticed', SOON_MS, async () => {
      const answer = await system.ask('/health/ready');
      return answer.status === 503 ? answer : undefined;
    });
    expect(ready.text).toMatch(/"part":"database","state":"down"/);
  });

  it('away: the token endpoint says so in the words of OAuth', async () => {
    const { code, stderr } = await system.proviso('token', '--client', 'second-app');
    expect(code).toBe(1);
    expect(stderr).toContain('refused: 503 {"error":"temporarily_unavailable"');
  });

  it('back: the same process serves again, with what it had', async () => {
    const pid = system.part('node')?.pid;
    await outside.database.unbreak();
    await answerOf(0, 'reads go on', ({ status }) => status === 200);
    expect((await search(1)).status).toBe(403);
    expect(system.part('node')?.pid).toBe(pid);
  });
});

describe('the vendor', () => {
  const NAMED = 'The source northside could not be asked; what is stored of it is shown.';
  let complete: readonly string[] = [];
  beforeAll(async () => {
    const answer = await answerOf(0, 'the source is asked again', (each) => warningsOf(each).length === 0);
    complete = matchesOf(answer);
  });
  const partial = () => answerOf(0, 'the answer is partial', (each) => warningsOf(each).includes(NAMED));

  it('away: answers hold what is stored, and name the source', async () => {
    await outside.vendor.break();
    const answer = await partial();
    expect({ status: answer.status, matches: matchesOf(answer) }).toEqual({ status: 200, matches: complete });
  });

  it('back: answers are complete again, and bring what is new there', async () => {
    await outside.vendor.unbreak();
    await outside.chart(observation('fresh-1'));
    const answer = await answerOf(
      0,
      'the new Observation is there',
      (each) => warningsOf(each).length === 0 && matchesOf(each).length === complete.length + 1,
    );
    expect(matchesOf(answer)).toEqual(expect.arrayContaining([...complete]));
    complete = matchesOf(answer);
  });

  const MISBEHAVIOURS: readonly (readonly [string, object])[] = [
    ['sends garbage', { kind: 'garbage' }],
    ['sends half an answer', { kind: 'truncated' }],
    ['hangs up', { kind: 'cut', afterBytes: 20 }],
    ['is slow', { kind: 'slow', ms: 60_000 }],
    ['sends a page of HTML', { kind: 'html' }],
    ['sends what is no Bundle', { kind: 'not-a-bundle' }],
    ['says that it is broken', { kind: 'status', status: 500 }],
    ['points to another host', { kind: 'foreign-next', url: 'http://127.0.0.1:9/steal' }],
    ['sends far too much', { kind: 'huge', bytes: 40 * 1024 * 1024 }],
  ];

  it.each(MISBEHAVIOURS)('that %s: answers stay bounded and say so, and recover', async (_name, fault) => {
    await outside.misbehave({ ...fault, match: '/Observation' });
    const startMs = performance.now();
    const answer = await partial();
    expect({ status: answer.status, matches: matchesOf(answer) }).toEqual({ status: 200, matches: complete });
    const onceMs = performance.now();
    await search(0);
    expect(performance.now() - onceMs).toBeLessThan(PATIENCE_MS);
    expect(onceMs - startMs).toBeLessThan(SOON_MS);
    await outside.misbehave();
    expect(
      matchesOf(await answerOf(0, 'the answer is complete', (each) => warningsOf(each).length === 0)),
    ).toEqual(complete);
  });
});

describe('a clock that is set back', () => {
  it('revives nothing: what has ended or was revoked stays so', async () => {
    const made = await granted(3);
    await person(3).handIn(person(3).revocation(made), never);
    expect((await search(3)).status).toBe(403);
    expect((await system.stop()).code).toBe(0);
    await system.start({ ...env, DEV_CLOCK_OFFSET_S: '-3600' });
    expect([(await search(1)).status, (await search(3)).status]).toEqual([403, 403]);
    expect((await system.stop()).code).toBe(0);
    await system.start(env);
    await answerOf(0, 'what was in force is so again', ({ status }) => status === 200);
    expect([(await search(1)).status, (await search(3)).status]).toEqual([403, 403]);
  });
});

/** An Observation of the first synthetic person, as the vendor has them. */
function observation(id: string): object {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: 'laboratory',
          },
        ],
      },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }] },
    subject: { reference: 'Patient/n-1001' },
    effectiveDateTime: '2026-01-02T03:04:05Z',
    valueQuantity: { value: 5.1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  };
}
