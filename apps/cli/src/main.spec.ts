import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'dist/apps/cli/src/main.js');
const VECTORS = join(ROOT, 'test/vectors/provenance');
const RECEIPT = join(VECTORS, 'receipt.json');
const POLICY = join(VECTORS, 'policy.txt');
const folder = mkdtempSync(join(tmpdir(), 'command-'));

/** Runs the built command, as `npx proviso` does. */
function proviso(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--data', folder, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('proviso', () => {
  it.each([
    ['an unknown command', ['nonsense']],
    ['no command', []],
    ['a missing option', ['verify', RECEIPT]],
    ['a missing argument', ['verify', '--policy', POLICY]],
    ['an unknown option', ['verify', RECEIPT, '--policy', POLICY, '--nonsense']],
    ['an option of the wrong form', ['bind', '--patient', 'p', '--rights', 'owner']],
    ['a receipt that is not there', ['verify', 'nowhere.json', '--policy', POLICY]],
    ['a policy that is none', ['verify', RECEIPT, '--policy', RECEIPT]],
    ['an audit of neither database nor log', ['audit', '--policy', POLICY]],
    ['a timeline of nothing', ['timeline']],
    ['a timeline that is to be checked by nobody’s policy', ['timeline', '--patient', 'p', '--verify']],
    ['a data folder in which nothing runs', ['token', '--client', 'demo-app']],
  ])('ends with 64 at %s', (_title, args) => {
    const said = proviso(...args);
    expect(said).toMatchObject({ status: 64, stdout: '' });
    expect(said.stderr).not.toMatch(/\n\s+at /);
    expect(said.stderr.length).toBeGreaterThan(10);
  });

  it('ends without a word where nobody reads on', () => {
    const message =
      'MSH|^~\\&|HIS|HILL|||20260102030405+0000||ADT^A08|M1|P|2.5.1\rPID|1||42^^^HILL||Sedge^Basil\r';
    const files = write('many.lst', `${write('adt.hl7', message)}\n`.repeat(500));
    const command = `"${process.execPath}" "${MAIN}" convert --list "${files}" | head -c 1`;
    const { stderr, stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: 60_000 });
    expect(stdout).toHaveLength(1);
    expect(stderr).toBe('');
  });

  it('tells how it is used, and that is no failure', () => {
    const said = proviso('--help');
    expect(said).toMatchObject({ status: 0, stderr: '' });
    expect(said.stdout).toContain('verify [options] <receipt>');
    expect(said.stdout.match(/^ {2}[a-z]+ /gm)).toHaveLength(17);
    expect(proviso('token', '--help').stdout).toContain('--purpose <code>');
  });

  it('takes a data folder that has the name of a command for a folder', () => {
    expect(proviso('--data', 'grant', 'key', 'show', '--key', 'nowhere').stderr).toContain('nowhere');
  });

  it('makes a key, prints its address, and does not make it twice', () => {
    const file = join(folder, 'her.key');
    const made = proviso('key', 'new', '--out', file);
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout).toMatch(/^0x[0-9a-f]{40}\n$/);
    expect(proviso('key', 'show', '--key', file).stdout).toBe(made.stdout);
    expect(proviso('key', 'new', '--out', file).status).toBe(64);
  });
});

describe('proviso verify', () => {
  it('ends with 2 where the receipt is valid and nobody was asked about its anchor', () => {
    const said = proviso('verify', RECEIPT, '--policy', POLICY, '--offline');
    expect(said).toMatchObject({ status: 2, stderr: '' });
    expect(said.stdout).toMatch(/valid, but not \(checkably\) anchored\n$/);
  });

  it('tells programs the verdict and every check', () => {
    const said = proviso('verify', RECEIPT, '--policy', POLICY, '--json');
    const verdict: { verdict: string; checks: { name: string }[] } = JSON.parse(said.stdout);
    expect(verdict.verdict).toBe('valid-not-anchored');
    expect(verdict.checks.length).toBeGreaterThan(5);
  });

  it('ends with 1 where one byte of the entry was changed', () => {
    const receipt: { entry: string } & Record<string, unknown> = JSON.parse(readFileSync(RECEIPT, 'utf8'));
    const entry = Buffer.from(receipt.entry, 'base64');
    entry.writeUInt8(entry.readUInt8(100) ^ 1, 100);
    const changed = write('changed.json', JSON.stringify({ ...receipt, entry: entry.toString('base64') }));
    const said = proviso('verify', changed, '--policy', POLICY);
    expect(said.status).toBe(1);
    expect(said.stdout).toMatch(/INVALID\n$/);
  });

  it('ends with 1 where another body is claimed', () => {
    const wire = write('wire.json', '{"resourceType":"Bundle"}');
    expect(proviso('verify', RECEIPT, '--policy', POLICY, '--wire', wire).status).toBe(1);
  });

  it('ends with 3 where the receipt is valid as far as it goes, its openings being destroyed', () => {
    const receipt: { openings: { group: string }[] } & Record<string, unknown> = JSON.parse(
      readFileSync(RECEIPT, 'utf8'),
    );
    const erased = {
      ...receipt,
      openings: receipt.openings.filter(({ group }) => !group.startsWith('sub:')),
      salts: [],
      resources: [],
      erased: [{ part: 'sub:0' }, { part: 'sub:1' }],
    };
    const said = proviso('verify', write('erased.json', JSON.stringify(erased)), '--policy', POLICY);
    expect(said).toMatchObject({ status: 3, stderr: '' });
    expect(said.stdout).toMatch(/its opening was destroyed\n$/);
  });

  it('ends with 1 at a file that is no receipt, in one line', () => {
    const said = proviso(
      'verify',
      write('half.json', readFileSync(RECEIPT, 'utf8').slice(0, 500)),
      '--policy',
      POLICY,
    );
    expect(said.status).toBe(1);
    expect(said.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('trusts the keys of the policy alone', () => {
    const other = readFileSync(POLICY, 'utf8').replace(
      /^gateway .*$/m,
      `gateway gateway-1 ${'A'.repeat(43)}=`,
    );
    expect(proviso('verify', RECEIPT, '--policy', write('other.txt', other)).status).toBe(1);
  });
});
