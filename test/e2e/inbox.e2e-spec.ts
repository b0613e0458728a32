import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { openPool, RowMac, SqlInbox, SqlInboxQueue } from '#store';
import { makeInboxMessage } from '../../libs/store/src/testing/inbox.contract.js';
import { checkpointOf } from './checkpoint.js';
import { jsonOf } from './answers.js';
import { System } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 240_000;
const SOON_MS = 120_000;
/** No source of this name is configured, so that nobody takes its messages. */
const SOURCE = 'quarry';
const ISSUE = {
  severity: 'error',
  code: 'invalid-value',
  type: 'Patient',
  expression: 'PID-7',
} as const;

jest.setTimeout(LIMIT_MS);

const system = new System({ ANCHOR_EVERY_S: '3600' });
let failed = '';
let waiting = '';
let bytes: Uint8Array = new Uint8Array();

beforeAll(async () => {
  await system.start();
  await withInbox(async (inbox, queue) => {
    const message = makeInboxMessage({ source: SOURCE, controlId: 'Q-1\u001B[2J', message: 'ORU^R01' });
    ({ bytes } = message);
    failed = (await inbox.receive(message)).id;
    await queue.fail(failed, 'unexpected', [ISSUE]);
    waiting = (await inbox.receive(makeInboxMessage({ source: SOURCE, controlId: 'Q-2' }))).id;
  });
});
afterAll(() => system.dispose());

/** The inbox as a listener of the system has it. */
async function withInbox(work: (inbox: SqlInbox, queue: SqlInboxQueue) => Promise<void>): Promise<void> {
  const pool = openPool({ url: system.databaseUrl, tenant: 'default', max: 2 });
  const key = Buffer.from(readFileSync(system.file('keys/store-mac.hex'), 'utf8').trim(), 'hex');
  const context = { tenant: 'default', mac: new RowMac(key) };
  const inbox = new SqlInbox({ pool, ...context, clock: Date.now, random: randomBytes });
  try {
    await work(inbox, new SqlInboxQueue(pool, context));
  } finally {
    await pool.end();
  }
}

const openedSchema = z.looseObject({
  op: z.looseObject({ interaction: z.string(), outcome: z.string() }),
  actor: z.looseObject({ client: z.string().nullable(), user: z.string().nullable() }),
  'sub:0/links': z.looseObject({ inbox: z.string().optional(), reason: z.string().optional() }).optional(),
});

type Opened = z.infer<typeof openedSchema>;

/** A record, as an auditor opens it. */
async function opened(index: bigint): Promise<Opened> {
  const options = ['--index', String(index), '--client', 'auditor', '--opened'];
  return openedSchema.parse(jsonOf(await system.must('receipt', ...options)));
}

/**
 * The last acts on the inbox since the log had this size, once the one with this reason is among what is published: the
 * checkpoint follows the log by a moment.
 */
function actsUntil(reason: string, size: bigint): Promise<readonly Opened[]> {
  const acts: Opened[] = [];
  let next = size;
  return until(`the act with the reason ${reason} is published`, SOON_MS, async () => {
    const { size: now } = await checkpointOf(system);
    for (; next < now; next += 1n) {
      // oxlint-disable-next-line no-await-in-loop -- one record after the other
      const record = await opened(next);
      if (record.op.interaction.startsWith('inbox-')) acts.push(record);
      if (record['sub:0/links']?.reason === reason) return acts.slice(-3);
    }
    return undefined;
  });
}

const list = async (...options: readonly string[]) =>
  (await system.must('inbox', 'list', '--source', SOURCE, ...options)).split('\n').slice(0, -1);

const codeAfter = async (...args: readonly string[]) => (await system.proviso('inbox', ...args)).code;

describe('the inbox of a running gateway', () => {
  it('is listed, newest first, and what would steer the terminal is not', async () => {
    const [newest = '', oldest = ''] = await list();
    expect(newest.split('\t')).toEqual([
      waiting,
      expect.any(String),
      SOURCE,
      'ADT^A01',
      'Q-2',
      'received',
      '',
    ]);
    expect(oldest.split('\t').slice(3)).toEqual(['ORU^R01', 'Q-1?[2J', 'failed', 'unexpected']);
    expect(await list('--state', 'failed')).toEqual([oldest]);
    expect(await list('--limit', '1')).toEqual([newest]);
    expect(await list('--state', 'converted')).toEqual([]);
  });

  it('shows a message with its issues, and its bytes as they came', async () => {
    const shown = jsonOf(await system.must('inbox', 'show', failed));
    expect(shown).toMatchObject({ id: failed, state: 'failed', attempts: 1, intact: true, issues: [ISSUE] });
    const raw = await system.must('inbox', 'show', failed, '--raw');
    expect(raw).toBe(Buffer.from(bytes).toString('utf8'));
  });

  it('lets a failed message be converted again, once, and discards one with a reason', async () => {
    expect(await system.must('inbox', 'replay', failed)).toBe(`received again ${failed}\n`);
    const again = await system.proviso('inbox', 'replay', failed);
    expect({ code: again.code, said: again.stderr }).toEqual({
      code: 1,
      said: expect.stringContaining('409'),
    });
    expect(await system.must('inbox', 'discard', failed, '--reason', 'sent by a test')).toBe(
      `discarded ${failed}\n`,
    );
    expect(await list('--state', 'discarded')).toEqual([
      expect.stringMatching(/\tdiscarded\tsent by a test$/),
    ]);
  });

  it('ends with 64 where it is asked wrongly, with 1 where there is no such message', async () => {
    await expect(codeAfter('discard', failed)).resolves.toBe(64);
    await expect(codeAfter('list', '--state', 'lost')).resolves.toBe(64);
    await expect(codeAfter('list', '--limit', '0')).resolves.toBe(64);
    await expect(codeAfter('show')).resolves.toBe(64);
    await expect(codeAfter('show', '00000000-0000-4000-8000-000000000000')).resolves.toBe(1);
    await expect(codeAfter('show', 'nonsense')).resolves.toBe(1);
  });

  it('seals every look and act, naming the message to auditors alone', async () => {
    const { size } = await checkpointOf(system);
    await system.must('inbox', 'show', failed, '--raw');
    await system.must('inbox', 'replay', failed);
    await system.must('inbox', 'discard', failed, '--reason', 'again');
    const records = await actsUntil('again', size);
    expect(records.map(({ op, actor }) => [op.interaction, op.outcome, actor.client])).toEqual([
      ['inbox-raw', 'permit', 'steward'],
      ['inbox-replay', 'permit', 'steward'],
      ['inbox-discard', 'permit', 'steward'],
    ]);
    expect(records.map((each) => each['sub:0/links']?.inbox)).toEqual([failed, failed, failed]);
    expect(records[2]?.['sub:0/links']?.reason).toBe('again');
  });

  it.each(['auditor', 'administrator'])('is closed to the %s, who is no steward', async (client) => {
    const answers = await Promise.all(
      ['', `/${failed}`, `/${failed}/raw`].map((path) => system.ask(`/admin/inbox${path}`, { client })),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe('the inbox while the gateway is down', () => {
  let size = 0n;
  beforeAll(async () => {
    ({ size } = await checkpointOf(system));
    await system.stop();
  });

  it('is listed, shown and changed in the database itself, which says so', async () => {
    const listed = await system.proviso('inbox', 'list', '--source', SOURCE, '--state', 'received');
    expect({ code: listed.code, stdout: listed.stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^${waiting}\t.*\treceived\t\n$`)),
    });
    expect(listed.stderr).toContain('No gateway answers');
    const raw = await system.must('inbox', 'show', failed, '--raw');
    expect(raw).toBe(Buffer.from(bytes).toString('utf8'));
    expect(await system.must('inbox', 'discard', waiting, '--reason', 'by hand')).toBe(
      `discarded ${waiting}\n`,
    );
    const again = await system.proviso('inbox', 'discard', waiting, '--reason', 'by hand');
    expect(again.code).toBe(1);
  });

  it('ends with 64, making nothing, where the folder has no keys', async () => {
    const nowhere = await system.proviso('--data', system.file('nowhere'), 'inbox', 'list');
    expect({ code: nowhere.code, said: nowhere.stderr }).toEqual({
      code: 64,
      said: expect.stringContaining('store-mac.hex'),
    });
  });

  it('was sealed in the same log, which is whole when the gateway is back', async () => {
    await system.start();
    const records = await actsUntil('by hand', size);
    expect(records.map(({ op }) => op.interaction)).toEqual(['inbox-list', 'inbox-raw', 'inbox-discard']);
    for (const { actor } of records) {
      expect(actor).toMatchObject({ client: null, user: expect.stringMatching(/^account:./) });
    }
    expect(records[2]?.['sub:0/links']).toMatchObject({ inbox: waiting, reason: 'by hand' });
    const { code, stdout } = await system.auditDatabase();
    expect({ code, said: jsonOf(stdout) }).toMatchObject({ code: 0, said: { findings: [] } });
  });
});
