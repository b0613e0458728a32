import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { loadAssertionKey, signAssertion } from './assertion.js';

const TOKEN_URL = 'https://ehr.example/token';
const NOW_MS = Date.UTC(2026, 0, 5, 12, 0, 0);

function pairOf(alg: 'RS384' | 'ES384'): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return alg === 'RS384'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-384' });
}

describe('signAssertion', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assertion-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function keyFile(content: string): Promise<string> {
    const file = join(folder, 'key');
    await writeFile(file, content, { mode: 0o600 });
    return file;
  }

  it.each(['RS384', 'ES384'] as const)(
    'signs by %s for one audience, once and for two minutes',
    async (alg) => {
      const { privateKey, publicKey } = pairOf(alg);
      const file = await keyFile(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k7' }));
      const auth = { clientId: 'proviso', keyFile: file, alg, scopes: ['system/*.rs'] };
      const key = await loadAssertionKey(auth);
      const [first, second] = [
        await signAssertion(auth, key, TOKEN_URL, NOW_MS),
        await signAssertion(auth, key, TOKEN_URL, NOW_MS),
      ];
      const verify = (jwt: string) =>
        jwtVerify(jwt, publicKey, { audience: TOKEN_URL, algorithms: [alg], currentDate: new Date(NOW_MS) });
      const { payload, protectedHeader } = await verify(first);
      expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: 'k7' });
      expect(payload).toMatchObject({ iss: 'proviso', sub: 'proviso', exp: NOW_MS / 1000 + 120 });
      expect((await verify(second)).payload.jti).not.toBe(payload.jti);
    },
  );

  it('reads PKCS #8 and takes the key id of the profile', async () => {
    const { privateKey } = pairOf('ES384');
    const file = await keyFile(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const auth = {
      clientId: 'c',
      keyFile: file,
      keyId: 'k8',
      alg: 'ES384' as const,
      scopes: ['system/*.rs'],
    };
    expect((await loadAssertionKey(auth)).keyId).toBe('k8');
  });

  it.each(['', '{}', '{"kty":"EC","d":"AA"}', 'secret words'])(
    'names a file with %j and nothing of it',
    async (text) => {
      const file = await keyFile(text);
      const auth = { clientId: 'c', keyFile: file, alg: 'ES384' as const, scopes: ['system/*.rs'] };
      await expect(loadAssertionKey(auth)).rejects.toThrow(`${file}: neither a private JWK nor PKCS #8 PEM`);
    },
  );
});
