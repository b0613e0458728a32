import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { configDocument } from './config-document.js';
import { isLoopback } from './cross-check.js';
import { loadConfig } from './load-config.js';
import { schema } from './schema.js';

const faultsOf = (env: Record<string, string>) => {
  const loaded = loadConfig(env);
  return loaded.kind === 'faults' ? loaded.faults : [];
};
const namesOf = (env: Record<string, string>) => faultsOf(env).map((line) => line.split(':')[0]);

const word = `0x${'1'.repeat(64)}`;
const address = `0x${'2'.repeat(40)}`;
const keyFiles = Object.fromEntries(
  Object.keys(schema.shape)
    .filter((name) => /_KEYS?_FILE$/.test(name) && !/^(MLLP|KAFKA|EVENTS)_/.test(name))
    .map((name) => [name, '/run/secrets/key']),
);
const exposed = {
  HOST: '0.0.0.0',
  PUBLIC_URL: 'https://fhir.example.org',
  LOG_ORIGIN: 'log.example.org',
  CHAIN_MODE: 'external',
  CHAIN_RPC_URLS: 'https://one.example.org, https://two.example.org',
  CHAIN_ID: '10',
  CHAIN_GENESIS_HASH: word,
  CONSENT_REGISTRY: address,
  CONSENT_REGISTRY_DEPLOY_BLOCK: '5',
  CONSENT_REGISTRY_CODE_HASH: word,
  ANCHOR_REGISTRY: address,
  ANCHOR_REGISTRY_DEPLOY_BLOCK: '6',
  ANCHOR_REGISTRY_CODE_HASH: word,
  ...keyFiles,
};

describe('loadConfig', () => {
  it('needs nothing to be set', () => {
    const loaded = loadConfig({});
    expect(loaded).toMatchObject({
      kind: 'ok',
      config: { HOST: '127.0.0.1', CHAIN_MODE: 'embedded', ANCHOR_EVERY_S: 60, CHAIN_FINALITY: 0 },
    });
    expect(loaded.kind === 'ok' && Object.isFrozen(loaded.config)).toBe(true);
  });

  it('takes an empty value for one that is not given, and leaves foreign names alone', () => {
    expect(loadConfig({ PORT: '', PATH: '/bin', DATABASE_URL: '' })).toMatchObject({
      config: { PORT: 8080 },
    });
  });

  it('reads numbers, lists and words', () => {
    const loaded = loadConfig({
      PORT: '0',
      CHAIN_FINALITY: 'finalized',
      CLIENT_KEYS_PRIVATE_HOSTS: 'a.test, b.test',
    });
    expect(loaded).toMatchObject({
      config: { PORT: 0, CHAIN_FINALITY: 'finalized', CLIENT_KEYS_PRIVATE_HOSTS: ['a.test', 'b.test'] },
    });
    expect(loadConfig({ CHAIN_FINALITY: '12' })).toMatchObject({ config: { CHAIN_FINALITY: 12 } });
  });

  it('gives a node every role unless some are named', () => {
    expect(loadConfig({})).toMatchObject({
      config: { NODE_ROLES: ['gateway', 'ledger', 'ingest', 'audit'] },
    });
    expect(loadConfig({ NODE_ROLES: 'ledger, ingest' })).toMatchObject({
      config: { NODE_ROLES: ['ledger', 'ingest'] },
    });
    expect(namesOf({ NODE_ROLES: 'gateway,witness' })).toEqual(['NODE_ROLES.1']);
    expect(namesOf({ NODE_ROLES: ',' })).toEqual(['NODE_ROLES']);
  });

  it('names all faults at once, those across settings too, and never a value', () => {
    const faults = faultsOf({
      PORT: '99999',
      LOG_LEVEL: 'loud-secret',
      DATABASE_URL: 'mysql://user:secret@db/x',
      PAGE_DEFAULT: '500',
      HOST: '0.0.0.0',
    });
    const names = faults.map((line) => line.split(':')[0]);
    expect(names).toEqual(
      expect.arrayContaining([
        'PORT',
        'LOG_LEVEL',
        'DATABASE_URL',
        'PAGE_DEFAULT',
        'CHAIN_MODE',
        'PUBLIC_URL',
      ]),
    );
    expect(faults.join('\n')).not.toContain('secret');
  });

  it.each(['1e3', '0x10', ' 80', '80 ', '1.5', '--1', 'NaN', '99999999999999999999'])(
    'refuses %j as a number',
    (text) => {
      expect(namesOf({ PORT: text })).toEqual(['PORT']);
    },
  );

  it('never throws, whatever the environment holds', () => {
    const name = fc.constantFrom(...Object.keys(schema.shape).filter((key) => key !== 'DATABASE_URL_FILE'));
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), (env) => {
        expect(['ok', 'faults']).toContain(loadConfig(env).kind);
      }),
    );
  });

  it('demands every pin of an external chain', () => {
    expect(namesOf({ CHAIN_MODE: 'external' })).toEqual([
      'CHAIN_RPC_URLS',
      'CHAIN_ID',
      'CHAIN_GENESIS_HASH',
      'CONSENT_REGISTRY',
      'CONSENT_REGISTRY_DEPLOY_BLOCK',
      'CONSENT_REGISTRY_CODE_HASH',
      'ANCHOR_REGISTRY',
      'ANCHOR_REGISTRY_DEPLOY_BLOCK',
      'ANCHOR_REGISTRY_CODE_HASH',
    ]);
  });

  it('accepts an exposed gateway that has its own keys and chain', () => {
    expect(faultsOf(exposed)).toEqual([]);
  });

  it.each([
    ['CHAIN_ID', { CHAIN_ID: '31337' }],
    ['CHAIN_ID', { CHAIN_ID: '1337' }],
    ['CHAIN_BLOCKS', { CHAIN_BLOCKS: 'on-demand' }],
    ['DEV_CLOCK_OFFSET_S', { DEV_CLOCK_OFFSET_S: '-60' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://fhir.example.org' }],
    ['PUBLIC_URL', { PUBLIC_URL: '' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://fhir.example.org/base' }],
    ['LOG_ORIGIN', { LOG_ORIGIN: '' }],
    ['CHAIN_RPC_URLS', { CHAIN_RPC_URLS: 'http://one.example.org' }],
    ...Object.keys(keyFiles).map((name): [string, Record<string, string>] => [name, { [name]: '' }]),
  ])('refuses a development %s on an exposed gateway', (name, change) => {
    expect(namesOf({ ...exposed, ...change })).toEqual([name]);
  });

  it.each([
    ['its public URL is', { PUBLIC_URL: 'https://fhir.example.org' }],
    ['its listener for messages is', { MLLP_HOST: '0.0.0.0', MLLP_PLAINTEXT: '1' }],
  ])('counts a gateway as exposed when only %s', (_what, env) => {
    const names = namesOf({ ...env, DEV_CLOCK_OFFSET_S: '1' });
    expect(names).toEqual(
      expect.arrayContaining(['CHAIN_MODE', 'DEV_CLOCK_OFFSET_S', 'LOG_ORIGIN', 'STORE_MAC_KEY_FILE']),
    );
  });

  const cert = { MLLP_TLS_CERT_FILE: 'c.pem', MLLP_TLS_KEY_FILE: 'k.pem' };
  it.each([
    ['MLLP_HOST', { ...exposed, MLLP_HOST: '0.0.0.0' }],
    ['MLLP_TLS_KEY_FILE', { MLLP_TLS_CERT_FILE: 'c.pem' }],
    ['MLLP_TLS_CERT_FILE', { MLLP_TLS_KEY_FILE: 'k.pem' }],
    ['MLLP_TLS_CERT_FILE', { MLLP_TLS_CA_FILE: 'ca.pem' }],
  ])('refuses %s where messages would travel in plaintext, or half a certificate is given', (name, env) => {
    expect(namesOf(env)).toEqual([name]);
  });

  it.each([
    { ...exposed, MLLP_HOST: '0.0.0.0', ...cert },
    { ...exposed, MLLP_HOST: '0.0.0.0', MLLP_PLAINTEXT: '1' },
    cert,
  ])('takes messages beyond this machine with TLS, or where the network protects them', (env) => {
    expect(faultsOf(env)).toEqual([]);
  });

  it.each([
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka.example.org:9092' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: ',' }],
    ['KAFKA_TLS', { KAFKA_TLS_CA_FILE: 'ca.pem' }],
    ['KAFKA_TLS_CERT_FILE', { KAFKA_TLS: '1', KAFKA_TLS_CERT_FILE: 'c.pem' }],
    ['KAFKA_SASL_MECHANISM', { KAFKA_SASL_MECHANISM: 'plain' }],
    ['KAFKA_SASL_MECHANISM', { KAFKA_SASL_USER: 'app', KAFKA_SASL_PASSWORD_FILE: 'p' }],
    ['KAFKA_INTAKE_TOPIC', { KAFKA_INTAKE_TOPIC: 'in' }],
    ['KAFKA_INTAKE_TOPIC', { KAFKA_INTAKE_REPLY_TOPIC: 'out' }],
    [
      'KAFKA_INTAKE_TOPIC',
      { KAFKA_BROKERS: 'localhost:9092', KAFKA_INTAKE_TOPIC: 'in', KAFKA_INTAKE_REPLY_TOPIC: 'in' },
    ],
    ['EVENTS_KEY_FILE', { ...exposed, KAFKA_TLS: '1', KAFKA_BROKERS: 'kafka.example.org:9092' }],
  ])('refuses a %s that does not fit', (name, env) => {
    expect(namesOf(env)).toEqual([name]);
  });

  it.each([
    { KAFKA_BROKERS: 'localhost:9092, 127.0.0.1:9093' },
    { KAFKA_BROKERS: 'kafka.example.org:9092', KAFKA_TLS: '1', KAFKA_TLS_CA_FILE: 'ca.pem' },
    { KAFKA_BROKERS: 'kafka.example.org:9092', KAFKA_PLAINTEXT: '1' },
    { ...exposed, KAFKA_BROKERS: 'kafka.example.org:9092', KAFKA_TLS: '1', EVENTS_KEY_FILE: 'e.pem' },
  ])('takes brokers on this machine, with TLS, or where the network protects them', (env) => {
    expect(faultsOf(env)).toEqual([]);
  });

  it('reads the database URL from a file, and refuses both ways at once', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'config-')), 'url');
    fs.writeFileSync(file, 'postgres://u:p@127.0.0.1/db\n');
    expect(loadConfig({ DATABASE_URL_FILE: file })).toMatchObject({
      config: { DATABASE_URL: 'postgres://u:p@127.0.0.1/db' },
    });
    expect(namesOf({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://x/y' })).toEqual([
      'DATABASE_URL_FILE',
    ]);
    expect(namesOf({ DATABASE_URL_FILE: `${file}-absent` })).toEqual(['DATABASE_URL_FILE']);
    fs.writeFileSync(file, 'http://not-a-database');
    expect(namesOf({ DATABASE_URL_FILE: file })).toEqual(['DATABASE_URL_FILE']);
  });
});

describe('isLoopback', () => {
  it('knows this machine from others', () => {
    expect(['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', 'a.localhost'].every(isLoopback)).toBe(
      true,
    );
    expect(
      ['0.0.0.0', '::', '10.0.0.1', 'localhost.example.org', '127.0.0.1.nip.io', ''].some(isLoopback),
    ).toBe(false);
  });
});

describe('docs/config.md', () => {
  it('is current', () => {
    const file = path.resolve(import.meta.dirname, '../../../docs/config.md');
    expect(fs.readFileSync(file, 'utf8')).toBe(configDocument());
  });

  it('describes every setting', () => {
    for (const [name, setting] of Object.entries(schema.shape)) {
      expect(`${name} ${setting.description ?? ''}`).toMatch(/ .{10,}/);
      expect(configDocument()).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
    }
  });
});
