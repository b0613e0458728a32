import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const RUN = path.resolve(import.meta.dirname, '../.ci/run');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ci-'));

afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Runs a copy of `.ci/run` in an empty folder, with an `npm` that prints `log` and ends with the given statuses. */
function runWith(npm: { readonly ci?: number; readonly test?: number; readonly log: string }) {
  const place = fs.mkdtempSync(path.join(folder, 'run-'));
  fs.mkdirSync(path.join(place, '.ci'));
  fs.copyFileSync(RUN, path.join(place, '.ci/run'));
  fs.writeFileSync(path.join(place, 'log'), npm.log);
  const script = `#!/bin/sh
case "$1" in
  ci) exit ${npm.ci ?? 0} ;;
  test) cat '${place}/log'; exit ${npm.test ?? 0} ;;
esac
exit 99
`;
  fs.writeFileSync(path.join(place, 'npm'), script, { mode: 0o755 });
  const { status, stdout } = spawnSync('bash', [path.join(place, '.ci/run')], {
    env: { PATH: `${place}:/usr/bin:/bin` },
    encoding: 'utf8',
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

const TOTALS = 'Test Suites: 3 passed, 3 total\n';

describe('.ci/run', () => {
  it('closes with the counts of the tests', () => {
    const log = `${TOTALS}Tests:       12 passed, 12 total\n`;
    expect(runWith({ log })).toEqual({ status: 0, last: '12 passed, 0 failed' });
  });

  it('adds the counts of several runs', () => {
    const log = `Tests:       12 passed, 12 total\n> proviso\nTests:       1 skipped, 3 passed, 4 total\n`;
    expect(runWith({ log })).toEqual({ status: 0, last: '15 passed, 0 failed, 1 skipped' });
  });

  it('fails where one of several runs did', () => {
    const log = `Tests:       2 failed, 12 passed, 14 total\nTests:       3 passed, 3 total\n`;
    expect(runWith({ log, test: 1 })).toEqual({ status: 1, last: '15 passed, 2 failed' });
  });

  it('counts what was skipped', () => {
    const log = `${TOTALS}Tests:       2 skipped, 10 passed, 12 total\nTime: 3 s\n`;
    expect(runWith({ log })).toEqual({ status: 0, last: '10 passed, 0 failed, 2 skipped' });
  });

  it('fails where a test failed', () => {
    const log = `Tests:       3 failed, 1 skipped, 8 passed, 12 total\n`;
    expect(runWith({ log, test: 1 })).toEqual({ status: 1, last: '8 passed, 3 failed, 1 skipped' });
  });

  it('fails where a test failed, whatever the command ended with', () => {
    const log = `Tests:       3 failed, 8 passed, 11 total\n`;
    expect(runWith({ log })).toEqual({ status: 1, last: '8 passed, 3 failed' });
  });

  it('fails where a suite could not be loaded, though every test passed', () => {
    const log = `Test Suites: 1 failed, 2 passed, 3 total\nTests:       8 passed, 8 total\n`;
    expect(runWith({ log, test: 1 })).toEqual({ status: 1, last: '8 passed, 1 failed' });
  });

  it('fails where a step before the tests failed', () => {
    expect(runWith({ log: 'lint: 1 error\n', test: 1 })).toEqual({ status: 1, last: '0 passed, 1 failed' });
  });

  it('fails where the installation failed', () => {
    expect(runWith({ log: 'Tests: 8 passed, 8 total\n', ci: 1 })).toEqual({
      status: 1,
      last: '0 passed, 1 failed',
    });
  });

  it('fails where no test ran', () => {
    expect(runWith({ log: 'No tests found\n' })).toEqual({ status: 1, last: '0 passed, 1 failed' });
  });

  it('reads counts through colours', () => {
    const log = `\u001B[1mTests:       \u001B[22m\u001B[1m\u001B[32m12 passed\u001B[39m\u001B[22m, 12 total\n`;
    expect(runWith({ log })).toEqual({ status: 0, last: '12 passed, 0 failed' });
  });
});
