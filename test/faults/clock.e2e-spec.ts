import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { Api } from '../../apps/cli/src/api.js';
import type { GrantFile } from '../../apps/cli/src/grant-file.js';
import { codeOf } from '../e2e/answers.js';
import type { Replica } from '../e2e/replica.js';
import { Replicas } from '../e2e/replicas.js';
import { until } from '../e2e/until.js';
import { Wallet } from './wallet.js';

const LIMIT_MS = 180_000;
const SOON_MS = 60_000;
const HOUR_MS = 3_600_000;
const APP = 'demo-app';
const SHIFT = fileURLToPath(new URL('shifted-clock.mjs', import.meta.url));
const ALL = ['a', 'b', 'l'] as const;
type Name = (typeof ALL)[number];

jest.setTimeout(LIMIT_MS);

const replicas = new Replicas({ MONITOR_EVERY_S: '1', SOURCE_ROSTER_EVERY_S: '3600' });
const never = new AbortController().signal;
const realNow = Date.now.bind(Date);
let a: Replica;
let b: Replica;
let spare: GrantFile;

/** Of the first four people: one whose grant ends in an hour, one who revoked, one whose grant goes on, one whose begins in an hour. */
const [ENDING, REVOKED, LASTING, COMING] = [0, 1, 2, 3] as const;
const PEOPLE = [ENDING, REVOKED, LASTING, COMING];

const fileOf = (name: Name) => replicas.file(`clock-${name}`);

/** Sets the clocks of processes so many hours off. */
function set(hours: number, names: readonly Name[] = ALL): void {
  for (const name of names) writeFileSync(fileOf(name), String(hours));
}

/** A token as a client gets it whose clock is so many hours off. */
async function tokenAt(hours: number, client = APP): Promise<string> {
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() + hours * HOUR_MS);
  try {
    return await new Api(replicas.ready, client).token();
  } finally {
    clock.mockRestore();
  }
}

const search = (replica: Replica, token: string, person: number) =>
  replica.ask(`/fhir/R4/Observation?patient=${replica.person(person).patient}`, { token });

/** How a replica answers about each of the four. */
async function statuses(replica: Replica, token: string): Promise<readonly number[]> {
  const answers = await Promise.all(PEOPLE.map((person) => search(replica, token, person)));
  return answers.map(({ status }) => status);
}

/** Waits until both replicas, or those that are given, answer so about the four. */
function answered(expected: readonly number[], token: string, at: readonly Replica[] = [a, b]) {
  return until(`the answers are ${expected.join()}`, SOON_MS, async () => {
    const seen = await Promise.all(at.map((each) => statuses(each, token)));
    if (seen.every((each) => each.join() === expected.join())) return true;
    throw new Error(JSON.stringify(seen));
  });
}

const BEFORE = [200, 403, 200, 403];
const AFTER = [403, 403, 200, 200];
const STALE = [503, 503, 503, 503];

beforeAll(async () => {
  await replicas.setUp(ALL);
  set(0);
  const start = (name: Name, ...roles: ('gateway' | 'ledger' | 'ingest')[]) => {
    const env = { NODE_OPTIONS: `--import=${SHIFT}`, CLOCK_HOURS_FILE: fileOf(name) };
    return replicas.start({ name, roles }, { env });
  };
  [a, b] = await Promise.all([start('a', 'gateway'), start('b', 'gateway'), start('l', 'ledger', 'ingest')]);
  await replicas.bind(PEOPLE.length);
  await replicas.token('wallet');
  const give = (person: number, from: number, to: number, app = APP) => {
    const { made, signed } = new Wallet(a, person).grant(app, [from, to]);
    return new Wallet(a, person).handIn(signed, never).then(() => made);
  };
  const made = await give(REVOKED, -4, 10);
  spare = await give(LASTING, -4, 10, 'second-app');
  await Promise.all([give(ENDING, -4, 1), give(LASTING, -4, 10), give(COMING, 1, 10)]);
  await new Wallet(a, REVOKED).handIn(new Wallet(a, REVOKED).revocation(made), never);
});
afterAll(() => replicas.dispose());

describe('a clock that is set while processes run', () => {
  let early = '';

  it('back by hours on one of two: what is in force goes on, nothing else is opened', async () => {
    early = await tokenAt(0);
    await answered(BEFORE, early);
    set(-2, ['a']);
    expect(await statuses(a, early)).toEqual(BEFORE);
    expect(await statuses(b, early)).toEqual(BEFORE);
    set(0);
    await answered(BEFORE, early);
  });

  it('forward by hours on one of two: nothing is served by either, and that is told', async () => {
    set(2, ['a']);
    expect((await search(a, early, LASTING)).status).toBe(401);
    const ahead = await tokenAt(2);
    await answered(STALE, ahead);
    expect(codeOf(await search(b, ahead, LASTING))).toBe('consent-stale');
    const { text } = await b.ask('/metrics');
    expect(text).toMatch(/proviso_incidents_total\{kind="clock-apart"\} [1-9]/);
  });

  it('right again: what was sealed ahead has come, so nothing is served until it has; revocations go on', async () => {
    set(0);
    expect([(await search(a, early, LASTING)).status, (await search(b, early, LASTING)).status]).toEqual([
      401, 401,
    ]);
    const token = await tokenAt(0);
    await answered(STALE, token);
    const headers = { 'content-type': 'application/json' };
    const { path, body } = new Wallet(b, LASTING).revocation(spare);
    const relay = await tokenAt(0, 'wallet');
    expect((await b.ask(path, { method: 'POST', token: relay, headers, body })).status).toBe(202);
  });

  it('when that time has come all of it goes on, and what has ended has ended', async () => {
    set(2.1);
    const token = await tokenAt(2.1);
    expect(await answered(AFTER, token)).toBe(true);
  });

  it('back by hours on all of them: nothing that ended is served again, and all comes back with the time', async () => {
    const token = await tokenAt(2.1);
    set(0);
    const seen = await Promise.all([a, b].map((each) => statuses(each, token)));
    for (const each of seen) {
      expect(each.filter((status, person) => status === 200 && person !== LASTING)).toEqual([]);
    }
    set(2.1);
    await answered(AFTER, token);
  });
});
