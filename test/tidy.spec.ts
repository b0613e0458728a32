import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const PURE = [
  'outcome',
  'digest',
  'fhir',
  'terminology',
  'smart',
  'consent',
  'search',
  'identity',
  'normalize',
  'provenance',
];

const files = (
  fs.existsSync(path.join(root, '.git'))
    ? execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split(
        '\n',
      )
    : fs.readdirSync(root, { recursive: true, encoding: 'utf8' })
).filter(
  (file) =>
    file !== '' &&
    !/(^|\/)(node_modules|dist|\.git)\//.test(file) &&
    fs.existsSync(path.join(root, file)) &&
    fs.statSync(path.join(root, file)).isFile(),
);
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const isTest = (file: string) => /\.(spec|e2e-spec|contract)\.ts$|\/testing\//.test(file);
const sources = files.filter((file) => /^(apps|libs)\/.*\.ts$/.test(file) && !isTest(file));
const libs = fs
  .readdirSync(path.join(root, 'libs'))
  .filter((name) => fs.statSync(path.join(root, 'libs', name)).isDirectory());
const withMatch = (list: readonly string[], pattern: RegExp) =>
  list.filter((file) => pattern.test(read(file)));

describe('the repository', () => {
  it('finds its own sources', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  it('has a README of at most 40 lines in every lib', () => {
    const long = libs.filter((lib) => {
      const file = path.join(root, 'libs', lib, 'README.md');
      return !fs.existsSync(file) || fs.readFileSync(file, 'utf8').trimEnd().split('\n').length > 40;
    });
    expect(long).toEqual([]);
  });

  it('names no file after a drawer', () => {
    const drawer = /(^|[-/])(utils?|helpers?|common|shared|manager|base|impl|misc|dto|entity)(\.|-|\/)/;
    expect(sources.filter((file) => drawer.test(file))).toEqual([]);
  });

  it('names each export: no star exports, no default exports', () => {
    expect(withMatch(sources, /^export (\*|default)/m)).toEqual([]);
  });

  it('has one index.ts per lib and none elsewhere', () => {
    expect(
      sources.filter((file) => file.endsWith('/index.ts') && !/^libs\/[^/]+\/src\/index\.ts$/.test(file)),
    ).toEqual([]);
  });

  it('keeps files within 300 lines of code', () => {
    const long = sources.filter((file) => {
      if (file.includes('/generated/')) return false;
      const code = read(file)
        .split('\n')
        .filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/?\*)/.test(line));
      return code.length > 300;
    });
    expect(long).toEqual([]);
  });

  it('keeps clock, randomness, environment and timers out of pure libs', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandom(Bytes|UUID|Int|FillSync)\(|\bprocess\.env\b|\bset(Timeout|Interval|Immediate)\(|\bperformance\.now\(|\bgetRandomValues\(/;
    const pure = sources.filter((file) => PURE.some((lib) => file.startsWith(`libs/${lib}/src/`)));
    expect(pure.length).toBeGreaterThan(20);
    expect(withMatch(pure, impure)).toEqual([]);
  });

  it('lets only the log stores make a seal', () => {
    const makers = withMatch(sources, /\bsealCommitted\b|\bSeal\.make\b/).filter(
      (file) => !/^libs\/(provenance\/src|store\/src\/(log|testing))\//.test(file),
    );
    expect(makers).toEqual([]);
  });

  it('lets only the decision make a permit to serve', () => {
    const makers = withMatch(sources, /\bServePermit\.make\b/);
    expect(makers.filter((file) => !file.startsWith('libs/consent/src/'))).toEqual([]);
  });

  it('makes permits of sources and tasks in the worker and in the composition alone', () => {
    const makers = withMatch(sources, /\bpermit(Source|Task)\(/);
    expect(
      makers.filter((file) => !/^(libs\/consent|apps\/(ingest|ledger|cli|standalone))\//.test(file)),
    ).toEqual([]);
  });

  it('shows the map of libs in docs/architecture.md as the boundary rules have it', () => {
    const table = execFileSync(process.execPath, [path.join(root, 'scripts/map.mjs')], { encoding: 'utf8' });
    expect(read('docs/architecture.md')).toContain(table.trim());
  });

  it('uses every setting that it documents', () => {
    const names = [...read('libs/config/src/schema.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(
      ([, name = '']) => name,
    );
    const text = sources
      .filter((file) => !/\/(schema|cross-check|forms)\.ts$/.test(file))
      .map(read)
      .join('\n');
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('says for users what changed', () => {
    expect(read('CHANGELOG.md')).toMatch(/^## Unreleased\n\n- /m);
  });

  it('commits no path of one machine, no private key and no registry host', () => {
    const machine = new RegExp(['/ho', 'me/|/Us', 'ers/|/ro', 'ot/'].join(''));
    const secret = /-----BEGIN (EC |RSA )?PRIVATE KEY-----/;
    const text = files.filter(
      (file) => !/\.(png|ico|tgz)$|^LICENSE$/.test(file) && file !== 'test/tidy.spec.ts',
    );
    expect(withMatch(text, machine)).toEqual([]);
    expect(withMatch(text, secret)).toEqual([]);
    expect(read('package-lock.json')).not.toContain('"resolved": "http');
  });

  it('pins every dependency to an exact version', () => {
    const manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> } =
      JSON.parse(read('package.json'));
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
