import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { familyOf, kill, survivors } from './processes.js';
import { CLI, ROOT, run, START } from './run.js';
import { clearDataDir, makeDataDir, System } from './system.js';
import { until } from './until.js';

const START_S = 30;
const LIMIT_MS = 180_000;
const END_MS = 60_000;

jest.setTimeout(LIMIT_MS);

/** Lines of the greeting that can be pasted, with the command that was built in place of npx. */
function pasteable(stdout: string): readonly string[] {
  const lines = stdout.slice(stdout.indexOf('Try it:')).split('\n').slice(1);
  return lines.flatMap((line) =>
    line.trim() === '' ? [] : [line.trim().replaceAll('npx proviso', `"${process.execPath}" "${CLI}"`)],
  );
}

/** Runs lines in one shell, as somebody pastes them; gives exit code and output of each. */
async function paste(lines: readonly string[], cwd: string) {
  const marked = lines.map((line) => `${line}\nprintf '\\n@@%s@@\\n' "$?"`);
  const { stdout, stderr } = await run('bash', ['-c', marked.join('\n')], { cwd });
  const parts = stdout.split(/\n@@(\d+)@@\n/);
  return lines.map((line, index) => ({
    line,
    code: Number(parts[2 * index + 1]),
    stdout: parts[2 * index] ?? '',
    stderr,
  }));
}

describe('npm start', () => {
  const system = new System();
  let startMs = 0;
  beforeAll(async () => {
    startMs = await system.start();
    process.stderr.write(`first start: ${(startMs / 1000).toFixed(1)} s\n`);
  });
  afterAll(() => system.dispose());

  it('is ready within half a minute', () => {
    expect(startMs).toBeLessThan(START_S * 1000);
  });

  it('writes a ready file for its owner alone, as its published schema says', () => {
    const file = system.file('ready.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const published = JSON.parse(readFileSync(`${ROOT}docs/ready.schema.json`, 'utf8'));
    const ready: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(z.fromJSONSchema(published).safeParse(ready).error).toBeUndefined();
    expect(system.ready).toMatchObject({ pid: system.pid, people: Array.from({ length: 4 }, () => ({})) });
  });

  it('answers where the ready file says', async () => {
    const metadata = await system.ask('/fhir/R4/metadata');
    expect(JSON.parse(metadata.text)).toMatchObject({
      resourceType: 'CapabilityStatement',
      implementation: { url: system.ready.fhirBase },
    });
    const discovery = await system.ask('/fhir/R4/.well-known/smart-configuration');
    expect(JSON.parse(discovery.text)).toMatchObject({ token_endpoint: system.ready.tokenUrl });
    const readiness = await system.ask('/health/ready');
    expect(JSON.parse(readiness.text)).toMatchObject({ ready: true });
  });

  it('prints lines that work when they are pasted', async () => {
    const lines = pasteable(system.stdout);
    expect(lines.length).toBeGreaterThan(4);
    const done = await paste(lines, system.dataDir);
    expect(done.filter(({ code }) => code !== 0)).toEqual([]);
    const answers = done.filter(({ line }) => line.includes('/Observation?'));
    expect(answers.map(({ stdout }) => stdout.split('\r\n')[0])).toEqual([
      expect.stringMatching(/^HTTP\/1\.1 403/),
      expect.stringMatching(/^HTTP\/1\.1 200/),
    ]);
    for (const { stdout } of answers) expect(stdout.toLowerCase()).toContain('\r\nprovenance-receipt: ');
    expect(answers[1]?.stdout).toContain('"resourceType":"Observation"');
    const printed = (word: string) => done.find(({ line }) => line.includes(word))?.stdout;
    expect(printed(' revoke ')).toMatch(/^revoked 0x[0-9a-f]{64}/);
    expect(printed('node -e')).toMatch(/^MSA\|AA\|TRY-1/m);
  });

  it('refuses a second system over the same data with one clear line, and goes on', async () => {
    const second = await run(process.execPath, [START], { env: { DATA_DIR: system.dataDir, PORT: '0' } });
    expect(second).toEqual({
      code: 1,
      stdout: '',
      stderr: `DATA_DIR: process ${system.pid} already runs with ${system.dataDir}; stop it, or name another folder\n`,
    });
    expect(system.ready.pid).toBe(system.pid);
    expect((await system.ask('/health/ready')).status).toBe(200);
  });

  it('stops at SIGTERM with 0, taking its ready file and its processes with it', async () => {
    expect(familyOf(system.pid).length).toBeGreaterThan(4);
    expect(await system.stop()).toEqual({ code: 0, left: [] });
    expect(() => statSync(system.file('ready.json'))).toThrow('ENOENT');
  });
});

describe('a second start on the same data', () => {
  const system = new System();
  beforeAll(async () => {
    await system.start();
  });
  afterAll(() => system.dispose());

  it('keeps people, subjects, clients, grants and the log', async () => {
    const { patient, subject } = system.person(0);
    const grant = ['--person', patient, '--subject', subject, '--to-client', 'demo-app'];
    const terms = ['--classes', 'Observation', '--purpose', 'TREAT', '--for', '1h'];
    await system.must('grant', ...grant, ...terms, '--out', system.file('grant.json'), '--wait');
    await system.must('client', 'remove', '--id', 'third-app');
    const served = await system.fhir('demo-app', `/Observation?patient=${patient}`);
    expect(served.status).toBe(200);
    const earlier = { ready: system.ready, checkpoint: await checkpoint(system, 'earlier.txt') };
    expect((await system.stop()).code).toBe(0);

    const startMs = await system.start();
    process.stderr.write(`second start: ${(startMs / 1000).toFixed(1)} s\n`);
    const { people, clients, log, chain } = system.ready;
    expect({ people, clients, log, id: chain.id, contracts: chain.contracts }).toEqual({
      people: earlier.ready.people,
      clients: earlier.ready.clients,
      log: earlier.ready.log,
      id: earlier.ready.chain.id,
      contracts: earlier.ready.chain.contracts,
    });
    const again = await until('the grant is in force again', END_MS, async () => {
      const answer = await system.fhir('demo-app', `/Observation?patient=${patient}`);
      return answer.status === 200 ? answer : undefined;
    });
    expect(ids(again.text)).toEqual(ids(served.text));
    expect(await system.must('client', 'list')).not.toContain('third-app');

    const later = await checkpoint(system, 'later.txt');
    expect(later.size).toBeGreaterThan(earlier.checkpoint.size);
    const policy = system.file('policy.txt');
    const files = [earlier.checkpoint.file, later.file];
    const extended = await system.must('consistency', '--policy', policy, ...files);
    expect(extended).toBe(`${later.size} extends ${earlier.checkpoint.size}\n`);
  });

  it('works where the system before was killed, and ends what that left running', async () => {
    const left = familyOf(system.pid);
    kill(system.pid);
    await until('it is gone', END_MS, () => survivors(left).every(({ pid }) => pid !== left[0]?.pid));
    await system.start();
    await until('nothing of the old system runs', END_MS, () => survivors(left).length === 0);
    expect((await system.fhir('demo-app', '/metadata')).status).toBe(200);
  });
});

describe('a stop of which every process is told at once, as by a terminal', () => {
  const system = new System();
  beforeAll(() => system.start());
  afterAll(() => system.dispose());

  it('starts nothing again', async () => {
    const parts = (['vendor', 'node'] as const).flatMap((name) => system.part(name) ?? []);
    expect(parts).toHaveLength(2);
    const stopped = system.stop();
    for (const { pid } of parts) kill(pid, 'SIGTERM');
    expect(await stopped).toEqual({ code: 0, left: [] });
    expect(system.stderr).not.toContain('starting again');
  });
});

describe('a start that does not come to its end', () => {
  it('prints all faults of the settings at once, and exits with 1', async () => {
    const faulty = { PORT: 'abc', CHAIN_POLL_MS: '3', PAGE_DEFAULT: '900', PAGE_MAX: '20' };
    const { code, stdout, stderr } = await run(process.execPath, [START], {
      env: { ...faulty, DATA_DIR: '/nonexistent' },
    });
    const named = stderr.trimEnd().split('\n');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(named.map((line) => line.split(':')[0])).toEqual(['PORT', 'CHAIN_POLL_MS', 'PAGE_DEFAULT']);
  });

  it('refuses development parts where anything is bound beyond this machine', async () => {
    const exposed = { HOST: '0.0.0.0', DEV_CLOCK_OFFSET_S: '5', DATA_DIR: '/nonexistent' };
    const { code, stderr } = await run(process.execPath, [START], { env: exposed });
    expect(code).toBe(1);
    for (const name of ['CHAIN_MODE', 'DEV_CLOCK_OFFSET_S', 'PUBLIC_URL', 'STORE_MAC_KEY_FILE'])
      expect(stderr).toMatch(new RegExp(`^${name}: `, 'm'));
  });

  it('leaves nothing behind when it is stopped on its way', async () => {
    const dataDir = makeDataDir();
    const child = run(process.execPath, [START], { env: { DATA_DIR: dataDir, PORT: '0' } });
    const starter = await until('parts are being started', END_MS, () =>
      familyOf(process.pid).find(({ pid, command }) => command.includes(START) && familyOf(pid).length > 2),
    );
    const family = familyOf(starter.pid);
    kill(starter.pid, 'SIGTERM');
    expect((await child).code).toBe(0);
    expect(survivors(family)).toEqual([]);
    await clearDataDir(dataDir);
  });
});

/** The published checkpoint, kept in a file. */
async function checkpoint(system: System, name: string) {
  const { text } = await system.ask('/log/default/checkpoint');
  const file = system.file(name);
  writeFileSync(file, text);
  return { file, size: Number(text.split('\n')[1]) };
}

/** URLs of the matches of a Bundle. */
function ids(bundle: string): readonly string[] {
  const shape = z.object({ entry: z.array(z.object({ fullUrl: z.string().optional() })) });
  return shape
    .parse(JSON.parse(bundle))
    .entry.flatMap(({ fullUrl }) => fullUrl?.split('/').at(-1) ?? [])
    .toSorted();
}
