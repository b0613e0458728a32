import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { z } from 'zod';
import { parsePolicy } from '#provenance';
import { pageSchema } from '../../apps/cli/src/timeline/timeline-page.js';
import { verifyRow } from '../../apps/cli/src/timeline/verify-row.js';
import { jsonOf, mustReceipt, receiptOf } from './answers.js';
import { flags } from './run.js';
import { System } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
const APP = 'demo-app';

jest.setTimeout(LIMIT_MS);

const lineSchema = z.looseObject({
  index: z.string(),
  interaction: z.string().optional(),
  outcome: z.string().optional(),
  verdict: z.string().optional(),
  failed: z.array(z.string()).optional(),
  actor: z.looseObject({ client: z.string().nullable() }).optional(),
  subjects: z
    .array(z.looseObject({ person: z.string().optional(), resources: z.array(z.unknown()).optional() }))
    .optional(),
});
type Line = z.infer<typeof lineSchema>;
const system = new System();
let patient = '';
let policyFile = '';

beforeAll(async () => {
  await system.start();
  const her = system.person(0);
  patient = her.patient;
  policyFile = system.file('policy.txt');
  const search = `/Observation?patient=${patient}`;
  const { status: before } = await system.fhir(APP, search);
  const who = { person: patient, subject: her.subject, 'to-client': APP };
  const what = { classes: 'Observation,Patient', purpose: 'TREAT', for: '1h', out: system.file('g.json') };
  await system.must('grant', ...flags({ ...who, ...what }), '--wait');
  const { status: granted } = await system.fhir(APP, search);
  if (before !== 403 || granted !== 200) throw new Error(`answered with ${before}, then ${granted}`);
  await system.must('revoke', ...flags({ person: patient, grant: system.file('g.json') }));
});
afterAll(() => system.dispose());

/** Rows of `proviso timeline --json`, and how it ended. */
async function timeline(
  ...options: readonly string[]
): Promise<{ code: number | null; lines: readonly Line[] }> {
  const { code, stdout } = await system.proviso('timeline', ...options, '--json');
  const lines = stdout.split('\n').filter((text) => text !== '');
  return { code, lines: lines.map((text) => lineSchema.parse(jsonOf(text))) };
}

const ofPatient = (...more: readonly string[]) => timeline('--patient', patient, ...more);
const verified = () => ofPatient('--verify', '--policy', policyFile);

describe('an auditor', () => {
  it('sees the refusal, the read and the revocation of a person, each proved offline', async () => {
    const { code, lines } = await until('the index has followed', SOON_MS, async () => {
      const found = await verified();
      return found.lines.some(({ interaction }) => interaction === 'consent-revocation') && found;
    });
    expect(new Set(lines.map(({ verdict }) => verdict))).toEqual(new Set(['valid-not-anchored']));
    expect(code).toBe(2);
    const told = lines.map(({ interaction, outcome }) => `${interaction ?? ''} ${outcome ?? ''}`);
    const story = [
      'search-type consent-denied',
      'consent-grant permit',
      'search-type permit',
      'consent-revocation permit',
    ];
    const places = story.map((each) => told.lastIndexOf(each));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => b - a));
    const read = lines[places[2] ?? -1];
    expect(read).toMatchObject({
      actor: { client: APP, purpose: 'TREAT' },
      subjects: [{ kind: 'shown', effect: 'permit', basis: [{ kind: 'consent' }] }],
    });
    expect(read?.subjects?.[0]?.resources?.length).toBeGreaterThan(0);
  });

  it('is seen: the looks at a person are in her timeline', async () => {
    const lines = await until('the look is there', SOON_MS, async () => {
      const found = await ofPatient('--actor', 'client:auditor');
      return found.lines.length > 0 && found.lines;
    });
    expect(new Set(lines.map(({ interaction }) => interaction))).toEqual(new Set(['audit-timeline']));
  });

  it('finds what was done to a resource, and by an actor', async () => {
    const byActor = await timeline('--actor', `client:${APP}`);
    const read = byActor.lines.find(({ outcome }) => outcome === 'permit');
    const [resource] = z
      .array(z.object({ type: z.string(), id: z.string() }))
      .parse(read?.subjects?.[0]?.resources);
    const found = await timeline('--resource', `${resource?.type ?? ''}/${resource?.id ?? ''}`);
    expect(found.lines.map(({ interaction }) => interaction)).toEqual(['search-type', 'intake']);
    expect(found.code).toBe(0);
    const none = await timeline('--patient', 'nobody');
    expect(none).toEqual({ code: 0, lines: [] });
  });

  it('gets the receipt of anybody’s record, which verifies', async () => {
    const { lines } = await timeline('--actor', `client:${APP}`, '--rows', '1');
    const answer = await system.ask(`/audit/receipts/${lines[0]?.index ?? ''}`, { client: 'auditor' });
    const file = system.file('audited.json');
    writeFileSync(file, answer.text);
    expect((await system.proviso('verify', file, '--policy', policyFile)).code).toBe(2);
    const record = await system.ask(`/audit/records/${lines[0]?.index ?? ''}`, { client: 'auditor' });
    expect(jsonOf(record.text)).toMatchObject({ groups: { actor: { client: APP } }, erased: [] });
  });

  it('finds a row that says something else than its receipt', async () => {
    const policy = parsePolicy(readFileSync(policyFile, 'utf8'));
    const path = `/audit/timeline?patient=${patient}&actor=client:${APP}`;
    const { text } = await system.ask(path, { client: 'auditor' });
    const { checkpoint, rows } = pageSchema.parse(jsonOf(text));
    const [row] = rows;
    if (row === undefined || 'altered' in row) throw new Error('no row');
    expect(verifyRow(row, checkpoint, policy)).toEqual({ kind: 'valid-not-anchored', failed: [] });
    const forged = { ...row, access: { ...row.access, outcome: 'permit!' } };
    expect(verifyRow(forged, checkpoint, policy)).toEqual({ kind: 'invalid', failed: ['row'] });
  });

  it('is who may ask: others are refused, and that is sealed; unknown parameters are', async () => {
    for (const client of [APP, 'steward', 'administrator', 'registrar', 'wallet']) {
      // oxlint-disable-next-line no-await-in-loop -- one client after the other
      const answer = await system.ask(`/audit/timeline?patient=${patient}`, { client });
      expect({ client, status: answer.status }).toEqual({ client, status: 403 });
      expect(mustReceipt(answer).index).toBeGreaterThan(0n);
    }
    const odd = await system.ask(`/audit/timeline?patient=${patient}&sort=time`, { client: 'auditor' });
    expect(odd.status).toBe(400);
    expect(receiptOf(await system.ask('/audit/timeline?patient=x'))).toBeUndefined();
  });

  it('finds that a record was taken out of the index', async () => {
    const { lines } = await ofPatient('--rows', '1');
    const person = lines[0]?.subjects?.[0]?.person ?? '';
    await statement('delete from access_entry where person = $1 and subject_seq = 2', [person]);
    const options = flags({ patient, policy: policyFile });
    const { code, stderr } = await system.proviso('timeline', ...options, '--verify');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `proviso: the records 2 to 2 of the person ${person} are missing.\n`,
    });
  });

  it('is told of a record that was altered in the database, and sees the others', async () => {
    const { lines } = await timeline('--patient', patient, '--actor', `client:${APP}`);
    const index = lines[0]?.index ?? '';
    await statement('update log_private set sealed = $1 where idx = $2 and part = $3', [
      randomBytes(80),
      index,
      'sub:0',
    ]);
    const { code, lines: after } = await ofPatient(
      '--actor',
      `client:${APP}`,
      '--verify',
      '--policy',
      policyFile,
    );
    expect(code).toBe(1);
    expect(after.find((line) => line.index === index)).toMatchObject({ altered: true, verdict: 'invalid' });
    expect(after.filter(({ verdict }) => verdict === 'valid-not-anchored')).toHaveLength(lines.length - 1);
  });
});

async function statement(text: string, values: readonly unknown[]): Promise<void> {
  const client = new Client({ connectionString: system.databaseUrl });
  await client.connect();
  try {
    await client.query(text, [...values]);
  } finally {
    await client.end();
  }
}
