import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/**
 * The promise of the architecture, tried against the compiler, the boundary check and the linter:
 * no store call without a Permit that `decide` made, no response without a Seal that a log store made.
 */
const root = path.resolve(import.meta.dirname, '..');
const bin = (name: string) => path.join(root, 'node_modules/.bin', name);
const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)).config,
  ts.sys,
  root,
);

function errorsOf(source: string): readonly number[] {
  const file = path.join(root, 'apps/gateway/src/promise-attempt.ts');
  const host = ts.createCompilerHost({ ...config.options, noEmit: true });
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, source, version) : readSource(name, version);
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === file || exists(name);
  const program = ts.createProgram([file], { ...config.options, noEmit: true }, host);
  const attempt = program.getSourceFile(file);
  return ts
    .getPreEmitDiagnostics(program, attempt)
    .filter((diagnostic) => diagnostic.file?.fileName === file)
    .map(({ code }) => code);
}

/** Writes a file into the gateway for the length of a check by a tool that reads the disk. */
function withFile<T>(source: string, check: (file: string) => T): T {
  const file = path.join(root, `apps/gateway/src/promise-attempt-${process.pid}.ts`);
  fs.writeFileSync(file, source);
  try {
    return check(file);
  } finally {
    fs.rmSync(file);
  }
}

const HEAD = `
import type { ServePermit } from '#consent';
import type { Seal } from '#provenance';
import type { ResourceStore } from '#store';
declare const store: ResourceStore;
declare const permit: ServePermit;
declare function respond(seal: Seal): void;
`;

describe('the compiler', () => {
  it('accepts a store call with a permit', () => {
    expect(errorsOf(`${HEAD} export const read = store.read(permit, { type: 'Patient', id: 'a' });`)).toEqual(
      [],
    );
  });

  it('refuses a store call without a permit', () => {
    expect(errorsOf(`${HEAD} export const read = store.read({ type: 'Patient', id: 'a' });`)).not.toEqual([]);
  });

  it('refuses an object that only looks like a permit', () => {
    const lookAlike = `{ kind: 'serve' as const, predicate: permit.predicate, basis: [], obligations: [], expiresMs: 0 }`;
    expect(
      errorsOf(`${HEAD} export const read = store.read(${lookAlike}, { type: 'Patient', id: 'a' });`),
    ).toContain(2345);
  });

  it('refuses a copy of a permit with another predicate', () => {
    const copy = `{ ...permit, predicate: { ...permit.predicate, actors: ['client:other'] } }`;
    expect(
      errorsOf(`${HEAD} export const read = store.read(${copy}, { type: 'Patient', id: 'a' });`),
    ).toContain(2345);
  });

  it('refuses an object that only looks like a seal', () => {
    expect(
      errorsOf(`${HEAD} respond({ origin: 'x', index: 0n, leaf: new Uint8Array(32), size: 1n });`),
    ).toContain(2345);
  });

  it('knows no constructor of a permit or a seal outside their libs', () => {
    expect(
      errorsOf(`import { ServePermit } from '#consent'; export const forged = new ServePermit({});`),
    ).not.toEqual([]);
    expect(errorsOf(`import { Seal } from '#provenance'; export const forged = new Seal();`)).not.toEqual([]);
  });
});

describe('the boundary check', () => {
  it('refuses an import past the door of a lib', () => {
    const source = `import { ServePermit } from '../../../libs/consent/src/permit.js';\nexport const forged = ServePermit;\n`;
    const found = withFile(source, (file) =>
      spawnSync(bin('depcruise'), ['--config', '.dependency-cruiser.cjs', path.relative(root, file)], {
        cwd: root,
        encoding: 'utf8',
      }),
    );
    expect(found.status).not.toBe(0);
    expect(found.stdout).toContain('front-door-only');
  });
});

describe('the linter', () => {
  it('refuses a cast that silences the compiler', () => {
    const source = `import type { ServePermit } from '#consent';\nexport const forged = JSON.parse('{}') as ServePermit;\nexport const twice = {} as unknown as ServePermit;\n`;
    const found = withFile(source, (file) =>
      spawnSync(bin('oxlint'), ['--type-aware', file], { cwd: root, encoding: 'utf8' }),
    );
    expect(found.status).not.toBe(0);
    expect(found.stdout).toContain('no-unsafe-type-assertion');
  });

  it('passes the repository as it is', () => {
    expect(() => execFileSync(bin('oxlint'), ['--type-aware', 'apps/gateway'], { cwd: root })).not.toThrow();
  });
});
