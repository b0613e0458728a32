import { parseClientRegistration, type ClientRegistration, type TokenStore } from '#smart';
import { grantOfClient, hashOf } from './token-id.js';

const KIND = 'Client';
const TOKENS = 'ClientCredentials';

/**
 * Registers a client, or replaces its registration. Tokens that it holds end, since they carry the old one; a
 * registration that is there already changes nothing.
 *
 * @throws GatewayError `invalid-value` where the registration is not acceptable
 */
export async function registerClient(store: TokenStore, registration: unknown): Promise<ClientRegistration> {
  const client = parseClientRegistration(registration);
  const present = await findClient(store, client.id);
  if (JSON.stringify(present) === JSON.stringify(client)) return client;
  await store.upsert({
    kind: KIND,
    idHash: hashOf(client.id),
    payload: { ...client },
    grantId: undefined,
    userCode: undefined,
    uid: undefined,
    expiresMs: undefined,
    consumedMs: undefined,
  });
  await store.revokeByGrantId(TOKENS, grantOfClient(client.id));
  return client;
}

/** @returns the client's registration, or undefined if there is none @throws GatewayError `integrity-failure` */
export async function findClient(store: TokenStore, id: string): Promise<ClientRegistration | undefined> {
  const row = await store.find(KIND, hashOf(id));
  return row === undefined ? undefined : parseClientRegistration(withoutUndefined(row.payload));
}

/** All clients, by id. */
export async function listClients(store: TokenStore): Promise<readonly ClientRegistration[]> {
  const rows = await store.list(KIND);
  return rows
    .map((row) => parseClientRegistration(withoutUndefined(row.payload)))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Removes a client and ends its tokens. @returns whether it was there */
export async function removeClient(store: TokenStore, id: string): Promise<boolean> {
  const row = await store.find(KIND, hashOf(id));
  await store.destroy(KIND, hashOf(id));
  await store.revokeByGrantId(TOKENS, grantOfClient(id));
  return row !== undefined;
}

/** Stores that keep JSON drop absent members, others keep them. */
function withoutUndefined(payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(payload).filter(([, value]) => value !== undefined && value !== null),
  );
}
