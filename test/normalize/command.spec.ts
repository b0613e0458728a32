import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { manifest, scorer } from './corpus.js';
import { mean, type Score } from './scores.js';

/** The built command, as a user has it. */
const command = path.resolve(import.meta.dirname, '../../dist/apps/cli/src/main.js');
const missing = [command, manifest, scorer].filter((file) => !fs.existsSync(file));
if (missing.length > 0)
  process.stderr.write(`the command on the corpora is skipped: there is no ${missing.join(', no ')}\n`);
const describeHere = missing.length === 0 ? describe : describe.skip;

/** Admissions and results of one repository. */
const CHOSEN = /^v2-pair\/fhir-converter\/input\/(ADT-?A?0?1|ORU-?R?0?1)/;

function chosen(): readonly string[] {
  const lines = fs.readFileSync(manifest, 'utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => line.split('\t')[3] ?? '').filter((input) => CHOSEN.test(input));
}

describeHere('proviso convert', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'proviso-command-'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  it('writes what the scorer of others takes for their messages', () => {
    const inputs = chosen();
    const [list, sender, out] = ['list', 'sender.json', 'out'].map((name) => path.join(folder, name));
    fs.writeFileSync(list ?? '', inputs.join('\n'));
    fs.writeFileSync(sender ?? '', JSON.stringify({ id: 'corpus', zone: 'UTC' }));
    const options = ['--list', list, '--sender', sender, '--out', out].map(String);
    execFileSync(process.execPath, [command, 'convert', ...options], {
      cwd: path.dirname(manifest),
      stdio: 'ignore',
    });
    const args = [scorer, '--manifest', manifest, '--outputs', String(out), '--use', 'v2-pair', '--json'];
    const report: { results: Score[] } = JSON.parse(
      execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 }),
    );
    const scores = report.results.filter(({ input }) => inputs.includes(input));
    const [R1, C1] = [mean(scores, 'R1'), mean(scores, 'C1')];
    process.stderr.write(`command: ${inputs.length} files: R1 ${R1.toFixed(1)}, C1 ${C1.toFixed(1)}\n`);
    expect(scores.length).toBe(inputs.length);
    expect(inputs.length).toBeGreaterThan(10);
    // A little under what was measured.
    expect(R1).toBeGreaterThanOrEqual(80);
    expect(C1).toBeGreaterThanOrEqual(81);
  });
});
