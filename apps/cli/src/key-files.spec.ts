import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditKeys } from './audit-keys.js';
import { keptJwk, privateJwk, publicJwk } from './client-key.js';
import { keyOf, makeKey } from './person-key.js';
import type { ReadyFile } from './ready-file.js';

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
const file = (name: string) => join(folder, name);
const wrongUsage = expect.objectContaining({ exitCode: 64 });
const nothing = (): ReadyFile => {
  throw new Error('ready.json was read');
};
const ready: ReadyFile = {
  fhirBase: 'http://127.0.0.1/fhir/R4',
  tokenUrl: 'http://127.0.0.1/oauth/token',
  chain: { rpcUrl: 'http://127.0.0.1', id: '7', contracts: { consentRegistry: '0x', anchorRegistry: '0x' } },
  log: { origin: 'o', vkeys: [] },
  people: [{ patient: 'p1', subjects: [], privateKey: `0x${'1'.repeat(64)}` }],
  clients: [],
};

afterAll(() => rmSync(folder, { recursive: true }));

describe("a person's key", () => {
  it('is made once, readable by its owner alone, and read again', () => {
    const made = makeKey(file('her.key'));
    expect(statSync(file('her.key')).mode & 0o777).toBe(0o600);
    expect(keyOf({ key: file('her.key') }, nothing)).toEqual(made);
    expect(made.address).toMatch(/^0x[0-9a-f]{40}$/);
  });

  it('is never written over', () => {
    writeFileSync(file('kept.key'), 'what was there');
    expect(() => makeKey(file('kept.key'))).toThrow(wrongUsage);
    expect(readFileSync(file('kept.key'), 'utf8')).toBe('what was there');
  });

  it.each(['', 'hello', '0x12', `0x${'g'.repeat(64)}`, `0x${'1'.repeat(66)}`])('is not "%s"', (text) => {
    writeFileSync(file('bad.key'), text);
    expect(() => keyOf({ key: file('bad.key') }, nothing)).toThrow(wrongUsage);
  });

  it('is that of a synthetic person where no file is named', () => {
    expect(keyOf({ person: 'p1' }, () => ready).privateKey).toBe(`0x${'1'.repeat(64)}`);
    expect(() => keyOf({ person: 'p2' }, () => ready)).toThrow(wrongUsage);
    expect(() => keyOf({}, () => ready)).toThrow(wrongUsage);
  });
});

describe("a client's key", () => {
  it('is made where it is missing, and kept', () => {
    const made = keptJwk(file('app.jwk'), 'kid-1');
    expect(made).toMatchObject({ kty: 'EC', crv: 'P-384', kid: 'kid-1', alg: 'ES384' });
    expect(statSync(file('app.jwk')).mode & 0o777).toBe(0o600);
    expect(keptJwk(file('app.jwk'), 'kid-2')).toEqual(made);
  });

  it.each(['ec', 'rsa'] as const)('is read from a PEM file too (%s)', (kind) => {
    const { privateKey } =
      kind === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-384' })
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = privateJwk(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(jwk).toMatchObject({ kty: kind.toUpperCase() });
  });

  it('shows nothing private in its public part', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const shown = publicJwk({ ...privateKey.export({ format: 'jwk' }), kid: 'k' });
    expect(Object.keys(shown).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['e', 'kid', 'kty', 'n']);
  });

  it('is no public key, no other text, and its text is in no error', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const texts = [JSON.stringify(publicKey.export({ format: 'jwk' })), 'secret text', '{"kty":"EC", secret'];
    for (const text of texts) {
      expect(() => privateJwk(text)).toThrow(wrongUsage);
      expect(() => privateJwk(text)).not.toThrow(/secret/);
    }
  });
});

describe('the keys of an audit', () => {
  it('are read, and never made', () => {
    expect(() => auditKeys(folder)).toThrow(wrongUsage);
    expect(() => statSync(file('keys'))).toThrow('ENOENT');
  });
});
