import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from '../../cli/src/api.js';
import { keptJwk, publicJwk } from '../../cli/src/client-key.js';
import type { ReadyFile } from './ready.js';
import type { Running } from './supervisor.js';

const SCOPE = 'patient/*.rs';
/** What they were registered with before they could read more than the trail. */
const TRAIL_SCOPE = 'patient/AuditEvent.rs';
const PURPOSE = 'PATRQT';
/** Apps of synthetic people, by the person's place in the list of them. */
const APPS = [{ id: 'marigold-app', name: "Marigold's own app", person: 0 }] as const;

/**
 * The apps of synthetic people: each speaks for one patient. They are registered once, by the administrators' API, at the first
 * start that knows the people: one that was removed later stays removed.
 */
export async function patientApps(
  dataDir: string,
  running: Running,
  administrator: ReadyFile['clients'][number],
  people: ReadyFile['people'],
): Promise<ReadyFile['clients']> {
  const apps = APPS.flatMap(({ id, name, person }) => {
    const patient = people[person]?.patient;
    if (patient === undefined) return [];
    const jwk = keptJwk(join(dataDir, 'clients', `${id}.jwk.json`), `${id}-1`);
    return [{ id, name, patient, jwk }];
  });
  const api = new Api({ ...running, clients: [administrator] }, administrator.id);
  for (const { id, name, patient, jwk } of apps) {
    const done = registeredFile(dataDir, id);
    if (existsSync(done)) continue;
    const registration = { id, name, patient, jwks: { keys: [publicJwk(jwk)] } };
    // oxlint-disable-next-line no-await-in-loop -- a handful, once
    await api.must('POST', '/admin/clients', { ...registration, scopes: [SCOPE], purposes: [PURPOSE] });
    writeFileSync(done, SCOPE, { mode: 0o600 });
  }
  return apps.map(({ id, jwk }) => ({ id, jwk, scope: registeredScope(dataDir, id), purpose: PURPOSE }));
}

function registeredFile(dataDir: string, id: string): string {
  return join(dataDir, 'clients', `${id}.registered`);
}

/** What the app may ask for: its registration is never widened by a new release. */
function registeredScope(dataDir: string, id: string): string {
  const scope = readFileSync(registeredFile(dataDir, id), 'utf8');
  return scope === '' ? TRAIL_SCOPE : scope;
}
