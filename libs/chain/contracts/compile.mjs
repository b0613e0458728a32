// Compiles with solc-js: the compiler's version is that of the lockfile, nothing is downloaded.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const load = createRequire(import.meta.url);
const solc = load('solc');

/** Folder of the contracts. */
export const CONTRACTS = dirname(fileURLToPath(import.meta.url));

/** What decides the bytes that come out. `metadata.bytecodeHash none`: they do not depend on paths or comments. */
export const SETTINGS = {
  optimizer: { enabled: true, runs: 10_000 },
  evmVersion: 'prague',
  metadata: { bytecodeHash: 'none' },
};

/** Reads an import: a package's file, or one beside the contracts. */
function readImport(path) {
  try {
    const file = path.startsWith('@') ? load.resolve(path) : join(CONTRACTS, path);
    return { contents: readFileSync(file, 'utf8') };
  } catch {
    return { error: `no such source: ${path}` };
  }
}

/** Runs standard JSON through the compiler. */
export function compileStandard(input) {
  return JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }));
}

/** Compiles contracts of this folder; `replace` may give other text for a file (for mutants). Throws on an error. */
export function compile(names, replace = {}) {
  const sources = Object.fromEntries(
    names.map((name) => [name, { content: replace[name] ?? readFileSync(join(CONTRACTS, name), 'utf8') }]),
  );
  const outputSelection = {
    '*': { '*': ['abi', 'storageLayout', 'evm.bytecode.object', 'evm.deployedBytecode'] },
  };
  const output = compileStandard({
    language: 'Solidity',
    sources,
    settings: { ...SETTINGS, outputSelection },
  });
  const errors = (output.errors ?? []).filter((each) => each.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((each) => each.formattedMessage).join('\n'));
  return output.contracts;
}
