import { trialClients } from '../../apps/standalone/src/clients.js';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';

/** What `ready.json` would say of replicas with these settings, behind one public origin. */
export function readyOf(
  env: NodeJS.ProcessEnv,
  origin: string,
  found: {
    readonly folder: string;
    readonly people: ReadyFile['people'];
    readonly mllp: ReadyFile['mllp'];
  },
): ReadyFile {
  const contracts = {
    consentRegistry: env['CONSENT_REGISTRY'] ?? '',
    anchorRegistry: env['ANCHOR_REGISTRY'] ?? '',
  };
  return {
    fhirBase: `${origin}/fhir/R4`,
    tokenUrl: `${origin}/oauth/token`,
    ...(found.mllp === undefined ? {} : { mllp: found.mllp }),
    chain: { rpcUrl: env['CHAIN_RPC_URLS'] ?? '', id: env['CHAIN_ID'] ?? '', contracts },
    log: { origin: 'proviso.localhost/log/default', vkeys: [] },
    people: found.people,
    clients: trialClients(found.folder),
    pid: process.pid,
    startedAt: new Date().toISOString(),
  };
}
