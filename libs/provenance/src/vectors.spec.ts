import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cwd, env, stderr } from 'node:process';
import { toHex } from '#digest';
import { parseBundle } from './bundle-text.js';
import { parsePolicy } from './policy-text.js';
import { sampleLog } from './testing/sample-log.js';
import { vectorFiles } from './testing/vector-files.js';
import { verifyBundle } from './verify-bundle.js';

const folder = join(cwd(), 'test', 'vectors', 'provenance');
const log = sampleLog();
const python = spawnSync('python3', ['--version']).status === 0;
if (!python) stderr.write('skipped: the second verifier needs python3\n');

const built = await vectorFiles(log);
if (env['PROVISO_WRITE_VECTORS'] === '1') {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of built) writeFileSync(join(folder, name), text);
}

describe('the vectors of the format', () => {
  it.each(built)('hold what this code makes of the same input: %s', (name, text) => {
    const committed = readFileSync(join(folder, name), 'utf8');
    // formatting of JSON is nobody's business
    const same = name.endsWith('.json') ? JSON.parse(committed) : committed;
    expect(same).toEqual(name.endsWith('.json') ? JSON.parse(text) : text);
  });

  it('verify: the receipt, by the policy file and the body', () => {
    const policy = parsePolicy(readFileSync(join(folder, 'policy.txt'), 'utf8'));
    const wire = readFileSync(join(folder, 'body.json'));
    const bundle = parseBundle(readFileSync(join(folder, 'receipt.json')));
    const anchorsChecked = [{ anchor: 0, state: 'authentic' }] as const;
    const { kind } = verifyBundle(bundle, policy, { wire, resource: wire, anchorsChecked });
    expect(kind).toBe('valid-anchored');
  });
});

(python ? describe : describe.skip)('the second verifier, which shares no code with this one', () => {
  it('comes to the same on every vector', () => {
    const run = spawnSync('python3', [join(folder, 'verify.py')], { encoding: 'utf8', timeout: 60_000 });
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/^\d{2,} checks, all as expected\n$/);
    expect(run.status).toBe(0);
  });
});

describe('docs/spec/provenance.md', () => {
  const spec = readFileSync(join(cwd(), 'docs', 'spec', 'provenance.md'), 'utf8');

  it('shows the entry, leaf and checkpoint of the vectors', () => {
    const [, entryBlock = '', , checkpoint = ''] = spec.split('```');
    const words = entryBlock.trim().split(/\s+/);
    const access = log.samples.find(({ name }) => name === 'access')?.built;
    expect(access && [toHex(access.entry), toHex(access.leaf)]).toEqual([
      words.slice(0, -1).join(''),
      words.at(-1),
    ]);
    expect(checkpoint.trimStart()).toBe(log.checkpoint);
  });
});
