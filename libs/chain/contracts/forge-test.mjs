// Runs the Solidity tests: node libs/chain/contracts/forge-test.mjs [arguments of forge test]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CONTRACTS } from './compile.mjs';

const require = createRequire(import.meta.url);

/** The platform's forge: the package's own wrapper leaves it running when it is killed. */
function forgeBinary() {
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `@foundry-rs/forge-${process.platform}-${cpu}/package.json`;
  return join(dirname(require.resolve(name)), 'bin', 'forge');
}

/** A copy of the contracts that forge may write into, with the packages they import. */
function prepare({ replace, keep }) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'proviso-forge-')));
  for (const name of readdirSync(CONTRACTS)) {
    if (/(\.sol|\.toml)$/.test(name) && keep.test(name)) cpSync(join(CONTRACTS, name), join(folder, name));
  }
  const filter = (path) => !path.endsWith('.sol') || keep.test(basename(path));
  cpSync(join(CONTRACTS, 'test'), join(folder, 'test'), { recursive: true, filter });
  const packages = dirname(dirname(dirname(require.resolve('@openzeppelin/contracts/package.json'))));
  symlinkSync(packages, join(folder, 'node_modules'));
  for (const [name, text] of Object.entries(replace)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Runs `forge test` on a copy of the contracts. `replace`: other text for a file. `keep`: which files take part. */
export function forgeTest(args, { replace = {}, keep = /./, stdio = 'inherit' } = {}) {
  const folder = prepare({ replace, keep });
  try {
    const where = ['--root', folder, '--use', join(CONTRACTS, 'solc.mjs')];
    const result = spawnSync(forgeBinary(), ['test', ...where, ...args], { stdio, encoding: 'utf8' });
    if (result.error !== undefined) throw result.error;
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = forgeTest(process.argv.slice(2)).status ?? 1;
}
