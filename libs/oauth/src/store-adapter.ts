import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { ClientRegistration, PublicJwks, StoredGrantModel, TokenStore } from '#smart';
import { findClient } from './clients.js';
import { grantOfClient, hashOf } from './token-id.js';

/** What an adapter works with. */
export interface AdapterParts {
  readonly store: TokenStore;
  /** A client's keys, wherever they are published. */
  readonly keysOf: (client: ClientRegistration) => Promise<PublicJwks>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * The library's storage over a `TokenStore`.
 *
 * Ids are stored hashed. The library looks before it writes, which lets parallel requests through; so what must happen
 * once is decided by the store's atomic answer here, and the loser is refused.
 */
export class StoreAdapter implements Adapter {
  readonly #kind: string;
  readonly #parts: AdapterParts;

  constructor(kind: string, parts: AdapterParts) {
    this.#kind = kind;
    this.#parts = parts;
  }

  async upsert(id: string, payload: AdapterPayload, expiresInS?: number): Promise<void> {
    const model = this.#modelOf(id, payload, expiresInS);
    if (this.#kind === 'ReplayDetection') return this.#insertOnce(model);
    await this.#parts.store.upsert(model);
    if (this.#kind === 'ClientCredentials') await this.#endIfClientIsGone(id, payload.clientId ?? '');
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.#kind === 'Client') return this.#findClient(id);
    return restore(await this.#parts.store.find(this.#kind, hashOf(id)), id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return restore(await this.#parts.store.findByUid(this.#kind, uid), undefined);
  }

  /** No flow that uses user codes is on. */
  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    const first = await this.#parts.store.consume(this.#kind, hashOf(id), this.#parts.clock());
    if (!first) throw new errors.InvalidGrant('used already');
  }

  async destroy(id: string): Promise<void> {
    await this.#parts.store.destroy(this.#kind, hashOf(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#parts.store.revokeByGrantId(this.#kind, grantId);
  }

  async #insertOnce(model: StoredGrantModel): Promise<void> {
    const first = await this.#parts.store.insertOnce(model);
    if (!first) throw new errors.InvalidClientAuth('client assertion tokens must only be used once');
  }

  /** Whoever removes a client deletes its row first and its tokens then: a token stored in between is found here. */
  async #endIfClientIsGone(id: string, clientId: string): Promise<void> {
    if ((await this.#parts.store.find('Client', hashOf(clientId))) !== undefined) return;
    await this.destroy(id);
    throw new errors.InvalidClientAuth('client not found');
  }

  #modelOf(id: string, payload: AdapterPayload, expiresInS: number | undefined): StoredGrantModel {
    const { jti: _jti, ...kept } = payload;
    const own = this.#kind === 'ClientCredentials' ? grantOfClient(payload.clientId ?? '') : undefined;
    return {
      kind: this.#kind,
      idHash: hashOf(id),
      payload: kept,
      grantId: payload.grantId ?? own,
      userCode: undefined,
      uid: payload.uid,
      expiresMs: expiresInS === undefined ? undefined : this.#parts.clock() + expiresInS * 1000,
      consumedMs: undefined,
    };
  }

  /** The library would keep a removed key of a client as long as it keeps the client, so it only ever gets fresh ones. */
  async #findClient(id: string): Promise<AdapterPayload | undefined> {
    const client = await findClient(this.#parts.store, id);
    if (client === undefined) return undefined;
    const jwks = await this.#parts.keysOf(client);
    return {
      client_id: client.id,
      client_name: client.name,
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      jwks: { keys: jwks.keys.map((key) => ({ ...key })) },
      registration: client,
    };
  }
}

function restore(row: StoredGrantModel | undefined, id: string | undefined): AdapterPayload | undefined {
  if (row === undefined) return undefined;
  const consumed = row.consumedMs === undefined ? {} : { consumed: Math.floor(row.consumedMs / 1000) };
  return { ...row.payload, ...(id === undefined ? {} : { jti: id }), ...consumed };
}
