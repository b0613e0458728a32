import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { secp256k1, secret32 } from './key-forms.js';
import { KEY_FILES, loadKeyring } from './keyring.js';
import { loadConfig } from './load-config.js';

const configOf = (env: Record<string, string>) => {
  const loaded = loadConfig(env);
  if (loaded.kind !== 'ok') throw new Error(loaded.faults.join('\n'));
  return loaded.config;
};
const fresh = () => fs.mkdtempSync(path.join(os.tmpdir(), 'keyring-'));
const load = (folder: string, env: Record<string, string> = {}) =>
  loadKeyring(configOf({ DATA_DIR: folder, ...env }));
const keysOf = (folder: string, env: Record<string, string> = {}) => {
  const loaded = load(folder, env);
  if (loaded.kind !== 'ok') throw new Error(loaded.faults.join('\n'));
  return loaded.keyring;
};

describe('loadKeyring', () => {
  const folder = fresh();
  const keys = keysOf(folder);

  it('makes every key at the first start, for this user alone', () => {
    expect(fs.statSync(path.join(folder, 'keys')).mode & 0o777).toBe(0o700);
    expect(fs.readdirSync(path.join(folder, 'keys')).toSorted()).toEqual(
      Object.values(KEY_FILES)
        .map((place) => place.file)
        .toSorted(),
    );
    for (const { file } of Object.values(KEY_FILES)) {
      expect(fs.statSync(path.join(folder, 'keys', file)).mode & 0o777).toBe(0o600);
    }
  });

  it('reads the same keys again', () => {
    const again = keysOf(folder);
    expect(again.storeMac).toEqual(keys.storeMac);
    expect(again.operator).toBe(keys.operator);
    expect(again.log.publicKey.equals(keys.log.publicKey)).toBe(true);
    expect(again.oidc).toEqual(keys.oidc);
  });

  it('makes keys of the right kind, each its own', () => {
    expect([keys.storeMac, keys.vaultRoot, keys.cursor].map((key) => key.length)).toEqual([32, 32, 32]);
    expect(
      new Set([keys.storeMac, keys.vaultRoot, keys.cursor].map((key) => Buffer.from(key).toString('hex')))
        .size,
    ).toBe(3);
    expect([keys.gateway, keys.log, keys.logMlDsa].map((pair) => pair.privateKey.asymmetricKeyType)).toEqual([
      'ed25519',
      'ed25519',
      'ml-dsa-44',
    ]);
    expect(keys.operator).toMatch(/^0x[0-9a-f]{64}$/);
    expect(keys.relayer).not.toBe(keys.operator);
    expect(keys.oidc.keys.map((key) => key.alg)).toEqual(['RS256', 'ES256']);
  });

  it('makes signing keys that sign', () => {
    const message = Buffer.from('checkpoint');
    for (const pair of [keys.gateway, keys.logMlDsa]) {
      expect(crypto.verify(null, message, pair.publicKey, crypto.sign(null, message, pair.privateKey))).toBe(
        true,
      );
    }
  });

  it('refuses a key that others may read, and names it', () => {
    const open = fresh();
    keysOf(open);
    fs.chmodSync(path.join(open, 'keys', 'log.pem'), 0o644);
    expect(load(open)).toEqual({ kind: 'faults', faults: ['log.pem: is open to others (mode 644)'] });
  });

  it('refuses a folder that others may enter', () => {
    const open = fresh();
    fs.mkdirSync(path.join(open, 'keys'), { mode: 0o755 });
    fs.chmodSync(path.join(open, 'keys'), 0o755);
    const loaded = load(open);
    expect(loaded.kind === 'faults' && loaded.faults.length).toBe(Object.keys(KEY_FILES).length);
  });

  it('takes a key from the file that a setting names, and makes none beside it', () => {
    const other = fresh();
    const file = path.join(other, 'mac');
    fs.writeFileSync(file, `${'ab'.repeat(32)}\n`, { mode: 0o640 });
    expect(Buffer.from(keysOf(other, { STORE_MAC_KEY_FILE: file }).storeMac).toString('hex')).toBe(
      'ab'.repeat(32),
    );
    expect(fs.existsSync(path.join(other, 'keys', 'store-mac.hex'))).toBe(false);
  });

  it('reports every bad file together, and nothing of what is in it', () => {
    const bad = fresh();
    const text = path.join(bad, 'text');
    fs.writeFileSync(text, 'sesame', { mode: 0o600 });
    const loaded = load(bad, {
      STORE_MAC_KEY_FILE: text,
      LOG_KEY_FILE: text,
      OIDC_KEYS_FILE: text,
      OPERATOR_KEY_FILE: path.join(bad, 'absent'),
    });
    expect(loaded).toEqual({
      kind: 'faults',
      faults: [
        'STORE_MAC_KEY_FILE: does not hold such a key',
        'LOG_KEY_FILE: does not hold such a key',
        'OPERATOR_KEY_FILE: cannot be read (ENOENT)',
        'OIDC_KEYS_FILE: does not hold such a key',
      ],
    });
  });

  it('refuses a key of another kind', () => {
    const mixed = fresh();
    keysOf(mixed);
    fs.copyFileSync(path.join(mixed, 'keys', 'log-ml-dsa-44.pem'), path.join(mixed, 'keys', 'log.pem'));
    expect(load(mixed)).toMatchObject({ faults: ['log.pem: does not hold such a key'] });
  });
});

describe('docs/keys.md', () => {
  it('names the file and the setting of every key', () => {
    const text = fs.readFileSync(path.resolve(import.meta.dirname, '../../../docs/keys.md'), 'utf8');
    for (const { file, setting } of Object.values(KEY_FILES)) {
      expect(text).toContain(`\`${file}\``);
      expect(text).toContain(`\`${setting}\``);
    }
    for (const word of ['Rotation', 'Loss', 'Compromise']) expect(text.split(`- ${word}:`)).toHaveLength(9);
  });
});

describe('the forms of keys', () => {
  it('draws a secp256k1 key again when it is out of range', () => {
    const draws = [Buffer.alloc(32, 0xff), Buffer.alloc(32), Buffer.alloc(32, 1)];
    expect(secp256k1.make(() => draws.shift() ?? Buffer.alloc(0))).toBe(`0x${'01'.repeat(32)}\n`);
  });

  it.each(['', 'ab', 'zz'.repeat(32), 'ab'.repeat(33)])('refuses %j as 32 bytes', (text) => {
    expect(() => secret32.parse(text)).toThrow('64 hex digits');
  });

  it('refuses a secp256k1 key of zero', () => {
    expect(() => secp256k1.parse('00'.repeat(32))).toThrow('out of range');
  });
});
