import { mkdtempSync, readFileSync, statSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readySchemaDocument, removeReady, writeReady, type ReadyFile } from './ready.js';

const ready: ReadyFile = {
  fhirBase: 'http://127.0.0.1:8080/fhir/R4',
  tokenUrl: 'http://127.0.0.1:8080/oauth/token',
  mllp: { host: '127.0.0.1', port: 2575, tls: false },
  chain: {
    rpcUrl: 'http://127.0.0.1:8545',
    id: '424242',
    contracts: { consentRegistry: `0x${'a'.repeat(40)}`, anchorRegistry: `0x${'b'.repeat(40)}` },
  },
  log: { origin: 'proviso.localhost/log/default', vkeys: ['proviso.localhost/log/default+00000000+AQ=='] },
  people: [],
  clients: [],
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
};

describe('ready.json', () => {
  it('can be read by its owner alone', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ready-'));
    writeReady(dir, ready);
    expect(statSync(join(dir, 'ready.json')).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(dir, 'ready.json'), 'utf8'))).toEqual(ready);
  });

  it('goes at the stop', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ready-'));
    writeReady(dir, ready);
    removeReady(dir);
    expect(existsSync(join(dir, 'ready.json'))).toBe(false);
  });

  it('is not written with a member that its schema does not know', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ready-'));
    expect(() => writeReady(dir, { ...ready, fhirBase: 'nowhere' })).toThrow('fhirBase');
  });

  it('has its JSON Schema in the docs', () => {
    const file = resolve(import.meta.dirname, '../../../docs/ready.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(readySchemaDocument());
  });
});
