import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadConfig, loadKeyring, type Config, type Keyring } from '#config';
import { parsePolicy } from '#provenance';
import { missingInPolicy, policyPath, writePolicyFile } from './policy-file.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'policy-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function nodeOf(name: string, env: Record<string, string> = {}): { config: Config; keyring: Keyring } {
  const loaded = loadConfig({ DATA_DIR: path.join(folder, name), GATEWAY_ID: name, ...env });
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join());
  const keys = loadKeyring(loaded.config);
  if (keys.kind === 'faults') throw new Error(keys.faults.join());
  return { config: loaded.config, keyring: keys.keyring };
}

const word = `0x${'1'.repeat(64)}` as const;
const address = `0x${'2'.repeat(40)}` as const;
const chain = {
  rpcUrl: 'http://127.0.0.1:1',
  id: '10',
  genesisHash: word,
  development: true,
  contracts: { consentRegistry: address, anchorRegistry: `0x${'3'.repeat(40)}` },
  codeHashes: { consentRegistry: word, anchorRegistry: word },
  env: {},
  stop: () => Promise.resolve(),
};
const one = nodeOf('one');
const written = parsePolicy(fs.readFileSync(writePolicyFile(one.config, one.keyring, chain), 'utf8'));

describe('policy.txt', () => {
  it('names the keys of the process that wrote it', () => {
    expect(missingInPolicy(written, one.config, one.keyring)).toEqual([]);
  });

  it('lacks a replica with a key of its own, and another log: the lines to add are said', () => {
    const two = nodeOf('two');
    const missing = missingInPolicy(written, two.config, two.keyring);
    expect(missing).toEqual([
      expect.stringMatching(/^gateway two \S{44}$/),
      expect.stringMatching(/^log proviso/),
    ]);
    const text = fs.readFileSync(path.join(folder, 'one/policy.txt'), 'utf8');
    expect(missingInPolicy(parsePolicy([text, ...missing].join('\n')), two.config, two.keyring)).toEqual([]);
  });

  it('lies where POLICY_FILE says, so that replicas can share one', () => {
    const shared = path.join(folder, 'shared.txt');
    const three = nodeOf('three', { POLICY_FILE: shared });
    expect(policyPath(three.config)).toBe(shared);
    expect(writePolicyFile(three.config, three.keyring, chain)).toBe(shared);
    expect(fs.existsSync(shared)).toBe(true);
  });
});
