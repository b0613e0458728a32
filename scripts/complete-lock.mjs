/**
 * Adds what npm leaves out of package-lock.json: packages for other platforms that the registry at hand does not hold.
 * `npm ci` refuses a lock file without them, on every platform. Run after `npm install`:
 *   node scripts/complete-lock.mjs           writes them
 *   node scripts/complete-lock.mjs --check   exits 1 and names each that is missing
 */
import fs from 'node:fs';
import path from 'node:path';

const file = path.resolve(import.meta.dirname, '../package-lock.json');
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPUS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];
const OTHER_NAMES = { amd64: 'x64', windows: 'win32' };

/** Where a package is for, by the words of its name; npm installs it nowhere else. */
function platformOf(name) {
  const words = name.split(/[/-]/).map((word) => OTHER_NAMES[word] ?? word);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = CPUS.filter((each) => words.includes(each));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.includes('gnu')
      ? ['glibc']
      : [];
  if (os.length !== 1 || cpu.length > 1) throw new Error(`${name} does not say for which platform it is`);
  return { ...(cpu.length > 0 && { cpu }), ...(libc.length > 0 && { libc }), os };
}

/** Entries that a lock file lacks, by their place. */
export function missingFrom({ packages }) {
  const missing = new Map();
  for (const [place, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const held = [`${place}/node_modules/${name}`, `node_modules/${name}`].some((each) => each in packages);
      if (held || !/^\d+\.\d+\.\d+/.test(version)) continue;
      missing.set(`node_modules/${name}`, {
        version,
        ...platformOf(name),
        ...(dev && { dev }),
        optional: true,
      });
    }
  }
  return missing;
}

function main() {
  const lock = JSON.parse(fs.readFileSync(file, 'utf8'));
  const missing = missingFrom(lock);
  if (process.argv.includes('--check')) {
    for (const place of missing.keys()) process.stderr.write(`package-lock.json lacks ${place}\n`);
    process.exitCode = missing.size === 0 ? 0 : 1;
    return;
  }
  const entries = [...Object.entries(lock.packages), ...missing].toSorted(([a], [b]) =>
    a.localeCompare(b, 'en'),
  );
  fs.writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
}

if (process.argv[1] === import.meta.filename) main();
