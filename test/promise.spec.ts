import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';

/**
 * The promise of the architecture, tried against the compiler, the boundary check and the linter:
 * no store call without a Permit that `decide` made, no response without a Seal that a log store made.
 */
const root = path.resolve(import.meta.dirname, '..');

const HEAD = `
import type { ServePermit } from '#consent';
import { respond } from '#http';
import type { FastifyReply } from 'fastify';
import type { ResourceStore } from '#store';
declare const store: ResourceStore;
declare const permit: ServePermit;
declare const reply: FastifyReply;
const answer = { status: 200, headers: {}, body: new Uint8Array() };
`;
const LOOK_ALIKE = `{ kind: 'serve' as const, predicate: permit.predicate, basis: [], obligations: [], expiresMs: 0 }`;
const COPY = `{ ...permit, predicate: { ...permit.predicate, actors: ['client:other'] } }`;
const read = (permit: string) =>
  `${HEAD} export const read = store.read(${permit}{ type: 'Patient', id: 'a' });`;

/** What somebody might write in the gateway, by a name. */
const ATTEMPTS = {
  honest: read('permit, '),
  bare: read(''),
  lookAlike: read(`${LOOK_ALIKE}, `),
  copy: read(`${COPY}, `),
  seal: `${HEAD} respond(reply, { answer, seal: { origin: 'x', index: 0n, leaf: new Uint8Array(32), size: 1n } });`,
  unsealed: `${HEAD} respond(reply, { answer });`,
  newPermit: `import { ServePermit } from '#consent'; export const forged = new ServePermit({});`,
  subclass: `import { ServePermit } from '#consent'; export class Forged extends ServePermit {}`,
  newSeal: `import { Seal } from '#provenance'; export const forged = new Seal();`,
};
type Attempt = keyof typeof ATTEMPTS;

/** Error codes of every attempt. The files are there for the compiler alone: nothing is written. */
function compile(): ReadonlyMap<string, readonly number[]> {
  const file = (name: string) => path.join(root, `apps/gateway/src/attempts/${name}.ts`);
  const sources = new Map(Object.entries(ATTEMPTS).map(([name, source]) => [file(name), source]));
  const parsed = ts.parseJsonConfigFileContent(readConfig(), ts.sys, root);
  const options = { ...parsed.options, noEmit: true };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) => {
    const source = sources.get(name);
    return source === undefined ? readSource(name, version) : ts.createSourceFile(name, source, version);
  };
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => sources.has(name) || exists(name);
  const program = ts.createProgram([...sources.keys()], options, host);
  return new Map(
    Object.keys(ATTEMPTS).map((name) => {
      const source = program.getSourceFile(file(name));
      return [name, ts.getPreEmitDiagnostics(program, source).map(({ code }) => code)];
    }),
  );
}

function readConfig(): unknown {
  return ts.readConfigFile(path.join(root, 'tsconfig.json'), (name) => ts.sys.readFile(name)).config;
}

/** Of what runs compilers and linters, on a loaded machine. */
const LIMIT_MS = 120_000;

describe('the compiler', () => {
  let errors: ReadonlyMap<string, readonly number[]>;
  const of = (name: Attempt) => errors.get(name);

  beforeAll(() => {
    errors = compile();
  }, LIMIT_MS);

  it('accepts a store call with a permit', () => {
    expect(of('honest')).toEqual([]);
  });

  it('refuses a store call without a permit', () => {
    expect(of('bare')).toContain(2554);
  });

  it('refuses an object that only looks like a permit', () => {
    expect(of('lookAlike')).toContain(2345);
  });

  it('refuses a copy of a permit with another predicate', () => {
    expect(of('copy')).toContain(2345);
  });

  it('refuses an object that only looks like a seal', () => {
    expect(of('seal')).toContain(2741);
  });

  it('refuses to respond without a seal', () => {
    expect(of('unsealed')).toContain(2345);
  });

  it('lets nobody construct or extend a permit or a seal outside their libs', () => {
    expect(of('newPermit')).toContain(2673);
    expect(of('newSeal')).toContain(2673);
    expect(of('subclass')).toContain(2675);
  });
});

/** A copy of what the tools look at, elsewhere: they read the disk, and an attempt must not lie in the repository. */
class Copy {
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'promise-'));

  constructor() {
    for (const each of [
      'package.json',
      'tsconfig.json',
      '.dependency-cruiser.cjs',
      '.oxlintrc.json',
      'libs',
    ]) {
      fs.cpSync(path.join(root, each), path.join(this.#folder, each), { recursive: true });
    }
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(this.#folder, 'node_modules'));
    fs.mkdirSync(path.join(this.#folder, 'apps/gateway/src'), { recursive: true });
  }

  /** What a tool says of a file with this source. */
  tried(source: string, tool: 'depcruise' | 'oxlint') {
    const file = 'apps/gateway/src/attempt.ts';
    fs.writeFileSync(path.join(this.#folder, file), source);
    const args = {
      depcruise: ['--config', '.dependency-cruiser.cjs', file],
      oxlint: ['--type-aware', '--deny-warnings', file],
    };
    return spawnSync(path.join(root, 'node_modules/.bin', tool), args[tool], {
      cwd: this.#folder,
      encoding: 'utf8',
      timeout: 120_000,
    });
  }

  remove(): void {
    fs.rmSync(this.#folder, { recursive: true });
  }
}

describe('the tools', () => {
  const HONEST = `import { decide } from '#consent';\n\nexport const honest = decide;\n`;
  let copy: Copy;

  beforeAll(() => {
    copy = new Copy();
  }, LIMIT_MS);

  afterAll(() => copy.remove());

  it.each(['depcruise', 'oxlint'] as const)(
    'accept what is honest (%s)',
    (tool) => {
      expect(copy.tried(HONEST, tool)).toMatchObject({ status: 0 });
    },
    LIMIT_MS,
  );

  it(
    'refuse an import past the door of a lib',
    () => {
      const source = `import { ServePermit } from '../../../libs/consent/src/permit.js';\nexport const forged = ServePermit;\n`;
      const found = copy.tried(source, 'depcruise');
      expect(found.status).not.toBe(0);
      expect(found.stdout).toContain('front-door-only');
    },
    LIMIT_MS,
  );

  it.each([
    ['a cast', `JSON.parse('{}') as ServePermit`],
    ['two casts', '{} as unknown as ServePermit'],
  ])(
    'refuse to silence the compiler by %s',
    (_title, cast) => {
      const source = `import type { ServePermit } from '#consent';\n\nexport const forged = ${cast};\n`;
      const found = copy.tried(source, 'oxlint');
      expect(found.status).not.toBe(0);
      expect(found.stdout).toContain('no-unsafe-type-assertion');
    },
    LIMIT_MS,
  );

  it(
    'refuse the type that fits everything',
    () => {
      const found = copy.tried('export const forged = (anything: any) => anything;\n', 'oxlint');
      expect(found.status).not.toBe(0);
      expect(found.stdout).toContain('no-explicit-any');
    },
    LIMIT_MS,
  );
});
