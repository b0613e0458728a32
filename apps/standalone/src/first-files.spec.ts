import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path, { join } from 'node:path';
import { parseClientRegistration } from '#smart';
import { loadConfig } from '#config';
import { parsePolicy } from '#provenance';
import { keyringOf } from './chain-part.js';
import { trialClients, writeRegistrations } from './clients.js';
import { writePolicyFile } from './policy-file.js';
import { trialPeople } from './people.js';
import { accountKey, vendorEnv, writeProfiles } from './vendor-part.js';

const folder = mkdtempSync(join(tmpdir(), 'first-'));
const modeOf = (file: string) => statSync(file).mode & 0o777;

afterAll(() => rmSync(folder, { recursive: true }));

describe('the trial clients', () => {
  it('keep the keys that were made at the first start, readable by the owner alone', () => {
    const first = trialClients(folder);
    expect(trialClients(folder)).toEqual(first);
    expect(first.map(({ id }) => id)).toContain('demo-app');
    expect(first.map(({ id }) => modeOf(join(folder, 'clients', `${id}.jwk.json`)))).toEqual(
      first.map(() => 0o600),
    );
  });

  it('are registered with public keys alone, in the form that the gateway takes', () => {
    const file = writeRegistrations(folder, trialClients(folder));
    const text = readFileSync(file, 'utf8');
    const registrations: unknown[] = JSON.parse(text);
    expect(registrations.map(parseClientRegistration)).toHaveLength(trialClients(folder).length);
    expect(text).not.toContain('"d":');
    expect(text).not.toContain('"d" :');
  });
});

const configOf = (dataDir: string) => {
  const loaded = loadConfig({ DATA_DIR: dataDir, CHAIN_MAX_STALENESS_S: '45' });
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join());
  return loaded.config;
};

/** The file as a first start leaves it; a second one does not touch it. */
const written = (development: boolean) => {
  const config = configOf(mkdtempSync(join(folder, 'policy-')));
  const contracts = { consentRegistry: `0x${'1'.repeat(40)}`, anchorRegistry: `0x${'2'.repeat(40)}` };
  const code = `0x${'3'.repeat(64)}`;
  const chain = {
    rpcUrl: 'http://127.0.0.1:1',
    id: '7',
    genesisHash: code,
    development,
    contracts,
    codeHashes: { consentRegistry: code, anchorRegistry: code },
    env: {},
    stop: () => Promise.resolve(),
  };
  const file = writePolicyFile(config, keyringOf(config), chain);
  const first = readFileSync(file, 'utf8');
  writePolicyFile(config, keyringOf(config), { ...chain, id: '8' });
  expect(readFileSync(file, 'utf8')).toBe(first);
  return parsePolicy(first);
};

describe('the policy file', () => {
  it('says how old the block of a decision may be, where blocks come by themselves; it is written once', () => {
    expect(written(false)).toMatchObject({ stalenessS: 60, chains: [{ id: '7', development: false }] });
    expect(written(true).stalenessS).toBeUndefined();
  });
});

describe('the synthetic people', () => {
  it('keep their keys, readable by the owner alone', () => {
    const first = trialPeople(folder);
    expect(first).toHaveLength(4);
    expect(trialPeople(folder)).toEqual(first);
    expect(new Set(first.map(({ privateKey }) => privateKey)).size).toBe(4);
    expect(modeOf(join(folder, 'people.json'))).toBe(0o600);
  });

  it('are refused where their file was made unreadable', () => {
    const other = mkdtempSync(join(folder, 'other-'));
    writeFileSync(join(other, 'people.json'), '{"n-1001": "0x12"}');
    expect(() => trialPeople(other)).toThrow('n-1001');
  });
});

const TEMPLATES = ['northside', 'lakeview'].map(
  (vendor) => new URL(`../../demo-ehr/vendors/${vendor}.json`, import.meta.url),
);

describe('the stand-in vendors', () => {
  it('are asked with one key, of which they see the public part', () => {
    const key = accountKey(join(folder, 'sources'));
    expect(accountKey(join(folder, 'sources'))).toEqual(key);
    expect(vendorEnv(key)['CLIENT_JWKS']).not.toContain('"d"');
    expect(modeOf(key.file)).toBe(0o600);
  });

  it('have our key where it is found from anywhere, where the data folder is named relatively too', () => {
    const relative = path.relative(process.cwd(), join(folder, 'sources'));
    expect(accountKey(relative).file).toBe(join(folder, 'sources', 'northside.jwk.json'));
  });

  it('are described in one file, with the address that Northside told', () => {
    const sources = join(folder, 'sources');
    const ready = { ready: true, fhirBase: 'http://127.0.0.1:4321/fhir' };
    const { profileFile, fhirBase } = writeProfiles(sources, accountKey(sources), ready, TEMPLATES);
    const text = readFileSync(profileFile, 'utf8');
    expect(text).toContain(fhirBase);
    expect(text).not.toContain('{{');
    expect(JSON.parse(text)).toMatchObject([{ id: 'northside' }, { id: 'lakeview', kind: 'v2' }]);
  });

  it('are an error where Northside does not tell its address', () => {
    const sources = join(folder, 'sources');
    expect(() => writeProfiles(sources, accountKey(sources), { ready: true })).toThrow(
      'did not say its base',
    );
  });
});
