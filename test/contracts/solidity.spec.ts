import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const contracts = path.join(root, 'libs/chain/contracts');

/** Runs a script of the contracts' folder; the compiler and forge take most of the time. */
function run(script: string, limitMs: number) {
  const done = spawnSync(process.execPath, [path.join(contracts, script)], {
    cwd: root,
    encoding: 'utf8',
    timeout: limitMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: done.status, text: `${done.stdout}${done.stderr}` };
}

describe('the contracts', () => {
  it('pass their Solidity tests: exact errors and events, fuzz and invariants', () => {
    const { status, text } = run('forge-test.mjs', 280_000);
    const [, passed, failed] = /: (\d+) tests passed, (\d+) failed/.exec(text) ?? [];
    expect({ status, failed }).toEqual({ status: 0, failed: '0' });
    expect(Number(passed)).toBeGreaterThan(60);
  }, 300_000);
});
