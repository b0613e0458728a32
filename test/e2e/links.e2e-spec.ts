import { jest } from '@jest/globals';
import { resourceIdOf } from '#normalize';
import { jsonOf, resourcesOf } from './answers.js';
import { checkpointOf } from './checkpoint.js';
import { flags } from './run.js';
import { System } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
const APP = 'demo-app';
/** Whom Northside knows too. */
const AT_LAKEVIEW = resourceIdOf('lakeview', 'Patient', 'https://lakeview.example/id|LK-20391');

jest.setTimeout(LIMIT_MS);

const system = new System({ ACCESS_TOKEN_TTL_S: '3600' });
let patient = '';

beforeAll(async () => {
  await system.start();
  const her = system.person(0);
  patient = her.patient;
  const who = { person: patient, subject: her.subject, 'to-client': APP };
  const what = {
    classes: 'Observation,Patient',
    purpose: 'TREAT',
    for: '1h',
    out: system.file('grant.json'),
  };
  await system.must('grant', ...flags({ ...who, ...what }), '--wait');
  await until('both vendors are in her answer', SOON_MS, async () => (await sources(patient)).length === 2);
});
afterAll(() => system.dispose());

/** Sources of the Observations that are served of a Patient; `undefined` where it is refused. */
async function sources(of: string): Promise<readonly string[]> {
  const answer = await system.fhir(APP, `/Observation?patient=${of}&_count=100`);
  if (answer.status !== 200) return [String(answer.status)];
  const told = resourcesOf(answer).flatMap(
    ({ meta }) => /"urn:proviso:source:(\w+)"/.exec(JSON.stringify(meta ?? ''))?.[1] ?? [],
  );
  return [...new Set(told)].toSorted();
}

/** Patient, person and end of each link that the command lists. */
async function links(of: string): Promise<readonly (readonly string[])[]> {
  const lines = (await system.must('link', 'list', '--patient', of)).split('\n').slice(0, -1);
  return lines.map((line) => line.split('\t'));
}

const unlink = (...options: readonly string[]) => system.proviso('link', 'unlink', ...options);

/** Ids of Lakeview's messages in a state. */
async function messages(state: string): Promise<readonly string[]> {
  const text = await system.must(
    'inbox',
    'list',
    '--source',
    'lakeview',
    '--state',
    state,
    '--limit',
    '1000',
  );
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('a person whom two vendors know', () => {
  it('is listed with both Patients, whichever is named', async () => {
    const listed = await links(patient);
    expect(listed.map(([each = '']) => each).toSorted()).toEqual([patient, AT_LAKEVIEW].toSorted());
    expect(new Set(listed.map(([, person]) => person)).size).toBe(1);
    expect(listed.map(([, , grade, , end]) => [grade, end])).toEqual([
      ['certain', ''],
      ['certain', ''],
    ]);
    expect(await links(AT_LAKEVIEW)).toEqual(listed);
  });

  it('is separated into two: the grant opens what it was signed for, and no more', async () => {
    const { size } = await checkpointOf(system);
    expect(await sources(AT_LAKEVIEW)).toEqual(['lakeview', 'northside']);
    const { code, stdout } = await unlink('--patient', AT_LAKEVIEW, '--reason', 'two people, said the clerk');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.split('\t')[1])).toEqual([patient, AT_LAKEVIEW, undefined]);
    expect(await sources(patient)).toEqual(['northside']);
    expect(await sources(AT_LAKEVIEW)).toEqual(['403']);
    // the checkpoint that is published follows the log by a moment
    const record = await until('the record is published', SOON_MS, () => opened(size));
    expect(record).toMatchObject({
      op: { interaction: 'link-unlink', outcome: 'permit' },
      actor: { client: 'steward' },
      'sub:0/subject': { patient: AT_LAKEVIEW },
      'sub:0/links': { unlinked: AT_LAKEVIEW, reason: 'two people, said the clerk' },
    });
  });

  it('stays two when the messages come again', async () => {
    const before = await links(patient);
    const converted = await messages('converted');
    expect(converted.length).toBeGreaterThan(3);
    await system.must('inbox', 'replay', ...converted);
    await until('all are converted again', SOON_MS, async () => (await messages('received')).length === 0);
    expect((await messages('converted')).toSorted()).toEqual(converted.toSorted());
    expect(await links(patient)).toEqual(before);
    expect(await sources(patient)).toEqual(['northside']);
  });

  it('cannot be separated twice, nor without a reason, nor where nobody is known', async () => {
    const again = await unlink('--patient', AT_LAKEVIEW, '--reason', 'again');
    expect({ code: again.code, said: again.stderr }).toEqual({
      code: 1,
      said: expect.stringContaining('412'),
    });
    expect((await unlink('--patient', AT_LAKEVIEW)).code).toBe(64);
    expect((await unlink('--patient', 'nobody', '--reason', 'x')).code).toBe(1);
    expect((await system.proviso('link', 'list', '--patient', 'nobody')).code).toBe(1);
  });

  it('leaves a database in which an audit finds nothing', async () => {
    const { code, stdout } = await system.auditDatabase();
    expect({ code, said: jsonOf(stdout) }).toMatchObject({ code: 0, said: { findings: [] } });
  });
});

/** The first record of an unlink from this index on, as an auditor opens it. */
async function opened(from: bigint): Promise<unknown> {
  const { size } = await checkpointOf(system);
  for (let index = from; index < size; index += 1n) {
    const options = ['--index', String(index), '--client', 'auditor', '--opened'];
    // oxlint-disable-next-line no-await-in-loop -- one record after the other
    const text = await system.must('receipt', ...options);
    if (text.includes('link-unlink')) return jsonOf(text);
  }
  return undefined;
}
