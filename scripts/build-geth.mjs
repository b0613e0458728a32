// Builds geth, a second chain client for tests, from the Go module proxy: once, into the cache of this user.
//   node scripts/build-geth.mjs             builds it and prints its path
//   node scripts/build-geth.mjs --where     prints where it lies, or would
// Takes a few minutes, and needs Go. `test/medium/geth.ts` says where the tests look for it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const GETH_VERSION = 'v1.17.8';

/** Where the built binary lies. */
function builtGeth() {
  return path.join(homedir(), '.cache', 'proviso', 'geth', GETH_VERSION, 'geth');
}

/** Builds it where it is not there yet; the file appears whole or not at all. */
function buildGeth() {
  const binary = builtGeth();
  if (existsSync(binary)) return binary;
  const draft = `${path.dirname(binary)}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    execFileSync('go', ['install', `github.com/ethereum/go-ethereum/cmd/geth@${GETH_VERSION}`], {
      env: { ...process.env, GOBIN: draft, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    mkdirSync(path.dirname(binary), { recursive: true });
    renameSync(path.join(draft, 'geth'), binary);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return binary;
}

process.stdout.write(`${process.argv.includes('--where') ? builtGeth() : buildGeth()}\n`);
