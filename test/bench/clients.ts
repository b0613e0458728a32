import { generateKeyPairSync } from 'node:crypto';
import { Api } from '../../apps/cli/src/api.js';
import { requestToken } from '../../apps/cli/src/assertion.js';
import { publicJwk } from '../../apps/cli/src/client-key.js';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';

type Client = ReadyFile['clients'][number];

/** Where tokens are given, and to whom. */
export type TokenPlace = Pick<ReadyFile, 'fhirBase' | 'tokenUrl' | 'clients'>;

/** A token of a client that is known by its key. */
export async function tokenOf({ tokenUrl, clients }: TokenPlace, id: string): Promise<string> {
  const client = clients.find((each) => each.id === id);
  if (client === undefined) throw new Error(`no client ${id}`);
  const { jwk, scope, purpose } = client;
  const { access_token: token } = await requestToken({ tokenUrl, client: id, jwk, scope, purpose });
  return token;
}

/** Registers a client with a new key, as the administrator; one that was there has the new key afterwards. */
export async function registered(
  place: TokenPlace,
  { id, scope, purpose, patient }: Omit<Client, 'jwk'> & { readonly patient?: string },
): Promise<Client> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: `${id}-1`, alg: 'ES384', use: 'sig' };
  await new Api(place, 'administrator').must('POST', '/admin/clients', {
    id,
    name: `${id} of the benchmark`,
    jwks: { keys: [publicJwk(jwk)] },
    scopes: [scope],
    purposes: [purpose],
    ...(patient === undefined ? {} : { patient }),
  });
  return { id, jwk, scope, purpose };
}
