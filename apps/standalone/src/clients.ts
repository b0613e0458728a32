import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptJwk, publicJwk } from '../../cli/src/client-key.js';
import type { ReadyFile } from './ready.js';

/** A client that is registered at the first start, for trying things out. */
interface TrialClient {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly purpose: string;
  readonly roles: readonly string[];
  /** It may write, as a source of its own. */
  readonly ownSource?: boolean;
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
    id: 'steward',
    name: 'Steward of messages',
    scope: '__proviso/messages.admin',
    purpose: 'HSYSADMIN',
    roles: ['steward'],
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
  {
    id: 'auditor',
    name: 'Auditor',
    scope: '__proviso/audit.read system/AuditEvent.rs system/Provenance.rs',
    purpose: 'HOPERAT',
    roles: ['auditor'],
  },
  { id: 'demo-app', name: 'Demo app', scope: APP_SCOPE, purpose: 'TREAT', roles: [] },
  { id: 'second-app', name: 'Second app', scope: APP_SCOPE, purpose: 'TREAT', roles: [] },
  { id: 'third-app', name: 'Third app', scope: APP_SCOPE, purpose: 'TREAT', roles: [] },
  {
    id: 'writer-app',
    name: 'Writer app',
    scope: 'system/*.cruds',
    purpose: 'TREAT',
    roles: [],
    ownSource: true,
  },
];

/** The trial clients with their private keys, made at the first start and kept with mode 0600. */
export function trialClients(dataDir: string): ReadyFile['clients'] {
  const folder = join(dataDir, 'clients');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return TRIAL_CLIENTS.map(({ id, scope, purpose }) => ({
    id,
    scope,
    purpose,
    jwk: keptJwk(join(folder, `${id}.jwk.json`), `${id}-1`),
  }));
}

/** Writes what CLIENTS_FILE names: registrations with the public keys. */
export function writeRegistrations(dataDir: string, clients: ReadyFile['clients']): string {
  const registrations = TRIAL_CLIENTS.map(({ id, name, scope, purpose, roles, ownSource = false }) => {
    const keys = clients.filter((each) => each.id === id).map(({ jwk }) => publicJwk(jwk));
    return { id, name, jwks: { keys }, scopes: scope.split(' '), purposes: [purpose], roles, ownSource };
  });
  const file = join(dataDir, 'clients', 'registrations.json');
  writeFileSync(file, JSON.stringify(registrations, null, 2), { mode: 0o600 });
  return file;
}
