import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ReadyFile } from './ready.js';

const jwkSchema = z.looseObject({ kty: z.string(), d: z.string() });

/** A client that is registered at the first start, for trying things out. */
interface TrialClient {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly purpose: string;
  readonly roles: readonly string[];
}

const APP_SCOPE = 'system/*.rs';
const TRIAL_CLIENTS: readonly TrialClient[] = [
  {
    id: 'administrator',
    name: 'Administrator',
    scope: '__proviso/clients.admin',
    purpose: 'HSYSADMIN',
    roles: ['administrator'],
  },
  {
    id: 'registrar',
    name: 'Registrar',
    scope: '__proviso/bindings.write',
    purpose: 'HOPERAT',
    roles: ['registrar'],
  },
  {
    id: 'wallet',
    name: "A person's wallet",
    scope: '__proviso/grants.relay',
    purpose: 'PATRQT',
    roles: ['relay'],
  },
  { id: 'auditor', name: 'Auditor', scope: '__proviso/audit.read', purpose: 'HOPERAT', roles: ['auditor'] },
  { id: 'demo-app', name: 'Demo app', scope: APP_SCOPE, purpose: 'TREAT', roles: [] },
  { id: 'second-app', name: 'Second app', scope: APP_SCOPE, purpose: 'TREAT', roles: [] },
  { id: 'third-app', name: 'Third app', scope: APP_SCOPE, purpose: 'TREAT', roles: [] },
];

/** The trial clients with their private keys, made at the first start and kept with mode 0600. */
export function trialClients(dataDir: string): ReadyFile['clients'] {
  const folder = join(dataDir, 'clients');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return TRIAL_CLIENTS.map(({ id, scope, purpose }) => ({
    id,
    scope,
    purpose,
    jwk: keyOf(join(folder, `${id}.jwk.json`), id),
  }));
}

/** Writes what CLIENTS_FILE names: registrations with the public keys. */
export function writeRegistrations(dataDir: string, clients: ReadyFile['clients']): string {
  const registrations = TRIAL_CLIENTS.map(({ id, name, scope, purpose, roles }) => {
    const jwk = clients.find((each) => each.id === id)?.jwk ?? {};
    const { d: _secret, ...publicJwk } = jwk;
    return { id, name, jwks: { keys: [publicJwk] }, scopes: scope.split(' '), purposes: [purpose], roles };
  });
  const file = join(dataDir, 'clients', 'registrations.json');
  writeFileSync(file, JSON.stringify(registrations, null, 2), { mode: 0o600 });
  return file;
}

function keyOf(file: string, id: string): Record<string, unknown> {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid: `${id}-1`, alg: 'ES384', use: 'sig' };
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
  }
  return jwkSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
