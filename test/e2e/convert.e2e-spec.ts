import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { jsonOf } from './answers.js';
import { CLI, environment, ROOT, run } from './run.js';

const LIMIT_MS = 240_000;
const MIB = 1_048_576;
/** Thousands of files go through one process; it must not keep them. */
const RUN_MEMORY_MIB = 400;

jest.setTimeout(LIMIT_MS);

const folder = mkdtempSync(path.join(tmpdir(), 'convert-'));
afterAll(() => rmSync(folder, { recursive: true }));

const convertedSchema = z.strictObject({
  bundle: z.strictObject({
    resourceType: z.literal('Bundle'),
    type: z.literal('collection'),
    entry: z.array(
      z.strictObject({
        fullUrl: z.string(),
        resource: z.looseObject({ resourceType: z.string(), id: z.string() }),
      }),
    ),
  }),
  issues: z.array(
    z.strictObject({
      severity: z.enum(['error', 'warning', 'information']),
      code: z.string(),
      details: z.looseObject({ text: z.string() }),
      expression: z.array(z.string()).length(1).optional(),
    }),
  ),
});
type Converted = z.infer<typeof convertedSchema>;

const converted = (text: string): Converted => convertedSchema.parse(jsonOf(text));
const typesOf = ({ bundle }: Converted) => bundle.entry.map(({ resource }) => resource.resourceType);

/** A message about somebody who never lived. */
function adt(
  id: string,
  more: { readonly family?: string; readonly event?: string; readonly zone?: string } = {},
): string {
  const { family = 'Quillfeather', event = 'ADT^A01^ADT_A01', zone = '+0000' } = more;
  return [
    `MSH|^~\\&|QUARRY|HILL|PROVISO|HERE|20260102030405${zone}||${event}|M-${id}|P|2.5.1`,
    'EVN|A01|20260102030405+0000',
    `PID|1||${id}^^^HILL^MR||${family}^Ottoline||19700302|F|||1 Long Lane^^Marrow^^99999^USA|||||S||||||||||||||||||ZZ-OWN`,
    'PV1|1|I|W1^2^3^HILL||||77^Sedge^Basil|||||||||||V-1^^^HILL^VN|||||||||||||||||||||||||20260102030405',
    '',
  ].join('\r');
}

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return name;
}

const convert = (...args: readonly string[]) =>
  run(process.execPath, [CLI, 'convert', ...args], { cwd: folder });
const codeAfter = async (...args: readonly string[]) => (await convert(...args)).code;
const out = (name: string): Converted => converted(readFileSync(path.join(folder, 'out', name), 'utf8'));

/** References of a Bundle that lead to nothing in it. */
function danglingIn({ bundle }: Converted): readonly string[] {
  const urls = new Set(bundle.entry.map(({ fullUrl }) => fullUrl));
  return bundle.entry.flatMap(({ fullUrl, resource }) => {
    const base = fullUrl.slice(0, -`${resource.resourceType}/${resource.id}`.length);
    return referencesIn(resource).filter((reference) => !urls.has(`${base}${reference}`));
  });
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) =>
    name === 'reference' && typeof child === 'string' ? [child] : referencesIn(child),
  );
}

describe('proviso convert', () => {
  it('prints a Bundle and its issues, a line for each file', async () => {
    const files = [write('one.hl7', adt('1001')), write('two.hl7', adt('1002'))];
    const { code, stdout, stderr } = await convert(...files);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '2 converted, 0 not convertible, 0 failed\n' });
    const [one, two, ...more] = stdout.trimEnd().split('\n').map(converted);
    expect(more).toEqual([]);
    if (one === undefined || two === undefined) throw new Error('two lines are expected');
    expect(typesOf(one)[0]).toBe('MessageHeader');
    expect(typesOf(one)).toEqual(expect.arrayContaining(['Patient', 'Encounter']));
    expect([danglingIn(one), danglingIn(two)]).toEqual([[], []]);
    for (const { fullUrl, resource } of one.bundle.entry) {
      expect(fullUrl).toBe(`https://proviso.localhost/fhir/R4/${resource.resourceType}/${resource.id}`);
    }
  });

  it('tells of what it did not use by its place, never by its value', async () => {
    const { stdout } = await convert(write('own.hl7', adt('1003')));
    const { issues } = converted(stdout);
    expect(issues).toContainEqual({
      severity: expect.any(String),
      code: 'not-supported',
      details: { text: 'unmapped' },
      expression: ['PID-34'],
    });
    expect(JSON.stringify(issues)).not.toContain('ZZ-OWN');
  });

  it('gives the same bytes for the same bytes', async () => {
    const name = write('same.hl7', adt('1004'));
    expect((await convert(name)).stdout).toBe((await convert(name)).stdout);
  });

  it('reads standard input', () => {
    const { status, stdout } = spawnSync(process.execPath, [CLI, 'convert', '-'], {
      input: `\u000B${adt('1005')}\u001C\r`,
      encoding: 'utf8',
      env: environment(),
    });
    expect({ status, types: typesOf(converted(stdout)) }).toEqual({
      status: 0,
      types: expect.arrayContaining(['Patient']),
    });
  });

  it('makes one Bundle of a batch, each resource once, and says in which message a remark belongs', async () => {
    const batch = [
      'BHS|^~\\&|QUARRY|HILL',
      adt('1006'),
      adt('1006', { family: 'Later' }).replace('M-1006', 'M-1006b'),
      adt('1007', { event: 'ORM^O01^ORM_O01' }),
      'BTS|3',
      '',
    ].join('\r');
    const { code, stdout } = await convert(write('batch.hl7', batch));
    expect(code).toBe(0);
    const { bundle, issues } = converted(stdout);
    const names = bundle.entry.flatMap(({ resource }) =>
      resource.resourceType === 'Patient' ? [JSON.stringify(resource['name'])] : [],
    );
    expect(names).toEqual([expect.stringContaining('Later')]);
    expect(new Set(bundle.entry.map(({ fullUrl }) => fullUrl)).size).toBe(bundle.entry.length);
    expect(issues.map(({ expression }) => /^message\[[123]\]\./.test(expression?.[0] ?? ''))).not.toContain(
      false,
    );
    expect(issues.map(({ details }) => details.text)).toContain('unsupported');
  });

  it('uses what a profile says of the sender', async () => {
    const name = write('zone.hl7', adt('1008', { zone: '' }));
    write(
      'profile.json',
      JSON.stringify({ id: 'hill', zone: 'America/Denver', authorities: { HILL: 'urn:hill' } }),
    );
    const plain = converted((await convert(name)).stdout);
    const known = converted((await convert(name, '--sender', 'profile.json')).stdout);
    expect(plain.issues.map(({ details }) => details.text)).toContain('zone-unknown');
    expect(known.issues.map(({ details }) => details.text)).not.toContain('zone-unknown');
    expect(JSON.stringify(known.bundle)).toContain('"system":"urn:hill","value":"1008"');
    expect(JSON.stringify(known.bundle)).toContain('-07:00');
  });

  it('takes the profile of a whole source', async () => {
    const profile = `${ROOT}apps/demo-ehr/vendors/lakeview.json`;
    const { code } = await convert('--sender', profile, write('source.hl7', adt('1009')));
    expect(code).toBe(0);
  });

  it('passes FHIR R4 on as the gateway would take it in', async () => {
    const patient = { resourceType: 'Patient', id: 'p1', gender: 'female', extra: undefined };
    const observation = {
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { text: 'weight' },
      subject: { reference: 'Patient/p1' },
    };
    const text = JSON.stringify({
      resourceType: 'Bundle',
      type: 'collection',
      entry: [{ resource: patient }, { resource: observation }],
    });
    const { code, stdout } = await convert(write('bundle.json', text));
    const result = converted(stdout);
    expect({ code, types: typesOf(result), dangling: danglingIn(result) }).toEqual({
      code: 0,
      types: ['Patient', 'Observation'],
      dangling: [],
    });
  });
});

describe('proviso convert --out', () => {
  it('writes each conversion below the folder, at its path as given, for its owner alone', async () => {
    const absolute = path.join(folder, write('deep/two.hl7', adt('2002')));
    write('list.txt', `${write('deep/one.hl7', adt('2001'))}\r\n\n./one.hl7\n`);
    write('one.hl7', adt('2003'));
    const { code, stdout, stderr } = await convert('--out', 'out', '--list', 'list.txt', absolute);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: '3 converted, 0 not convertible, 0 failed\n',
    });
    for (const name of ['deep/one.hl7.json', 'one.hl7.json', `${absolute}.json`]) {
      expect(typesOf(out(name))).toContain('Patient');
    }
    expect(statSync(path.join(folder, 'out/one.hl7.json')).mode & 0o777).toBe(0o600);
  });

  it('says in a line why a file becomes nothing, and goes on', async () => {
    write('empty', '');
    write('notes.txt', 'Dear colleague');
    write('order.hl7', adt('2004', { event: 'ORM^O01^ORM_O01' }));
    write('half.hl7', 'MSH|^~');
    write('large.hl7', 'MSH|^~\\&|');
    truncateSync(path.join(folder, 'large.hl7'), 65 * MIB);
    mkdirSync(path.join(folder, 'folder.hl7'));
    const files = [
      'empty',
      'notes.txt',
      'order.hl7',
      'half.hl7',
      'large.hl7',
      'folder.hl7',
      'missing',
      '../x.hl7',
    ];
    const { code, stderr } = await convert('--out', 'out', ...files, write('good.hl7', adt('2005')));
    expect({ code, said: stderr.trimEnd().split('\n') }).toEqual({
      code: 0,
      said: [
        'empty: its format is not known',
        'notes.txt: its format is not known',
        'order.hl7: ORM^O01 is not converted yet',
        expect.stringMatching(/^half\.hl7: no HL7 v2 message: malformed at MSH/),
        'large.hl7: it is larger than 64 MiB',
        'folder.hl7: it cannot be read (EISDIR)',
        'missing: it cannot be read (ENOENT)',
        '../x.hl7: a path with .. has no place in the folder of --out',
        '1 converted, 3 not convertible, 5 failed',
      ],
    });
    expect(existsSync(path.join(folder, 'out/order.hl7.json'))).toBe(false);
  });

  it('ends with 1 where nothing was converted, with 64 where it is used wrongly', async () => {
    await expect(codeAfter(write('none.txt', 'nothing'))).resolves.toBe(1);
    await expect(codeAfter()).resolves.toBe(64);
    await expect(codeAfter('--list', 'nowhere.txt')).resolves.toBe(64);
    await expect(codeAfter('--format', 'v3', 'one.hl7')).resolves.toBe(64);
    await expect(codeAfter('--sender', 'nowhere.json', 'one.hl7')).resolves.toBe(64);
    await expect(codeAfter('--sender', write('bad.json', '{"id":"a","zonne":"x"}'), 'one.hl7')).resolves.toBe(
      64,
    );
  });

  it('converts thousands of files in one run without keeping them', async () => {
    const count = 3_000;
    const names = Array.from({ length: count }, (_each, at) => write(`many/${at}.hl7`, adt(`3${at}`)));
    write('many.txt', names.join('\n'));
    const limit = [
      `--max-old-space-size=${RUN_MEMORY_MIB}`,
      CLI,
      'convert',
      '--list',
      'many.txt',
      '--out',
      'out',
    ];
    const { code, stderr } = await run(process.execPath, limit, { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `${count} converted, 0 not convertible, 0 failed\n`,
    });
    expect(typesOf(out(`many/${count - 1}.hl7.json`))).toContain('Patient');
  });
});

/** Messages that are no part of the repository. */
const SHARED =
  // oxlint-disable-next-line node/no-process-env -- says where they are
  process.env['PROVISO_SHARED'] ?? path.join(ROOT, '../shared');
const MANIFEST = path.join(SHARED, 'corpora/manifest.tsv');
const isThere = existsSync(MANIFEST);
if (!isThere) process.stderr.write(`skipped: there is no ${MANIFEST}\n`);

(isThere ? describe : describe.skip)('proviso convert over shared messages', () => {
  it('accounts for every file, and writes what the scores can read', async () => {
    const inputs = readFileSync(MANIFEST, 'utf8')
      .split('\n')
      .map((line) => line.split('\t'))
      .flatMap(([use = '', , , input = '']) => (use.startsWith('v2') ? [input] : []));
    write('shared.txt', inputs.join('\n'));
    const target = path.join(folder, 'shared');
    const args = [CLI, 'convert', '--list', path.join(folder, 'shared.txt'), '--out', target];
    const { code, stderr } = await run(process.execPath, args, { cwd: path.dirname(MANIFEST) });
    const said = /^(\d+) converted, (\d+) not convertible, (\d+) failed$/m.exec(stderr);
    const [, done = '', not = '', failed = ''] = said ?? [];
    expect(code).toBe(0);
    expect(Number(done) + Number(not) + Number(failed)).toBe(inputs.length);
    const written = inputs.filter((input) => existsSync(path.join(target, `${input}.json`)));
    expect(written).toHaveLength(Number(done));
    for (const input of written) {
      const result = converted(readFileSync(path.join(target, `${input}.json`), 'utf8'));
      expect({ input, dangling: danglingIn(result) }).toEqual({ input, dangling: [] });
      expect(new Set(result.bundle.entry.map(({ fullUrl }) => fullUrl)).size).toBe(
        result.bundle.entry.length,
      );
    }
    expect(stderr).not.toContain('internal fault');
  });
});
