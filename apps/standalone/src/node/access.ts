import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Config, Keyring } from '#config';
import { createAuthorizationServer, listClients, registerClient, type AuthorizationServer } from '#oauth';
import { ENTRY_CLASS, type LogStore, type SealableRecord } from '#provenance';
import { parseClientRegistration, type TokenStore } from '#smart';
import { isDatabaseLost, isStatementCancelled, type RowChange } from '#store';
import type { Addresses } from './addresses.js';
import { ownRecord } from './own-record.js';

/** The authorization server of a node. @param options `clock` never goes back: tokens and keys that have ended stay so */
export function authorizationServer(
  config: Config,
  addresses: Addresses,
  options: {
    readonly keyring: Keyring;
    readonly tokens: TokenStore;
    readonly log: Logger;
    readonly clock: () => number;
  },
): AuthorizationServer {
  return createAuthorizationServer({
    issuer: addresses.issuer,
    fhirBase: addresses.fhirBase,
    tenant: config.TENANT,
    store: options.tokens,
    jwks: options.keyring.oidc,
    accessTokenTtlS: config.ACCESS_TOKEN_TTL_S,
    clockToleranceS: config.CLOCK_TOLERANCE_S,
    clientKeys: {
      maxAgeS: config.CLIENT_KEYS_MAX_AGE_S,
      timeoutMs: config.CLIENT_KEYS_TIMEOUT_MS,
      privateHosts: config.CLIENT_KEYS_PRIVATE_HOSTS,
    },
    clock: options.clock,
    onError: (error) => options.log.error({ err: error }, 'authorization server'),
    isUnavailable: (error) => isDatabaseLost(error) || isStatementCancelled(error),
  });
}

/**
 * Registers the clients of CLIENTS_FILE where no client is registered yet; each registration is sealed first. Later starts
 * change nothing, so that a client that was removed stays removed.
 */
export async function registerFirstClients(
  file: string | undefined,
  tokens: TokenStore,
  log: LogStore<RowChange>,
): Promise<void> {
  if (file === undefined || (await listClients(tokens)).length > 0) return;
  const registrations = z
    .array(z.unknown())
    .parse(JSON.parse(readFileSync(file, 'utf8')))
    .map(parseClientRegistration);
  await log.append(registrations.map(({ id }) => ({ record: registrationRecord(id), writes: [] })));
  for (const registration of registrations) {
    // oxlint-disable-next-line no-await-in-loop -- a handful, once
    await registerClient(tokens, registration);
  }
}

function registrationRecord(client: string): SealableRecord {
  const act = { interaction: 'client-add', outcome: 'permit', status: 201, path: 'CLIENTS_FILE' };
  const parameters = Buffer.from(client, 'utf8');
  return ownRecord({ class: ENTRY_CLASS.configuration, ...act, parameters }, Date.now(), randomBytes(10));
}
