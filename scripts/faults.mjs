/**
 * `npm run faults -- --rounds N`: kills processes N times in each of the tests of kills, while messages come in and clients
 * read, grant and revoke, and says what was lost.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(process.execPath, [...jest, '--runInBand', 'test/faults/(ingest|kill)'], {
  env: { ...process.env, FAULT_ROUNDS: values.rounds },
  stdio: 'inherit',
});
process.exit(status ?? 1);
