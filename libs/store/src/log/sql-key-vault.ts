import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { GatewayError } from '#outcome';
import type { KeyScope, KeyVault } from '#provenance';
import { EpochKeys } from './epoch-keys.js';
import { GatheredLoads } from '../gathered-loads.js';
import { scopeName } from './key-scope.js';
import { inTransaction } from './transaction.js';
import { bindingText, decrypt, encrypt } from './vault-cipher.js';

const KEY_BYTES = 32;
const DAY_MS = 86_400_000;
const REWRAP_PAGE = 500;
/** A creation is repeated where another replica began an epoch, or destroyed the scope, in between. */
const CREATE_ATTEMPTS = 5;

/** Where the keys are, and how long they are used. */
export interface SqlKeyVaultOptions {
  readonly pool: Pool;
  readonly tenant: string;
  /** 32 bytes; never in the database. */
  readonly rootKey: Uint8Array;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Unwrapped keys that are held at most. */
  readonly cacheEntries?: number;
  /** How long an unwrapped key may be used before the database is asked again: bounds what a destroyed key still opens in another replica. */
  readonly cacheMs?: number;
  /** Age at which an epoch key wraps nothing new. */
  readonly epochMs?: number;
}

interface ScopeKey {
  readonly keyId: string;
  readonly scope: string;
  /** `undefined`: destroyed. */
  readonly key: KeyObject | undefined;
}

interface KeyRow {
  readonly key_id: string;
  readonly scope: string;
  readonly epoch: number;
  readonly wrapped: Buffer | null;
}

/** `KeyVault` over Postgres: scope keys wrapped by an epoch key, epoch keys wrapped by the root key. */
export class SqlKeyVault implements KeyVault {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #now: () => number;
  readonly #epochMs: number;
  readonly #epochs: EpochKeys;
  readonly #byScope: LRUCache<string, ScopeKey>;
  readonly #byId: LRUCache<string, ScopeKey>;
  readonly #scopes = new GatheredLoads<ScopeKey>((names) => this.#scopeKeys(names));
  readonly #ids = new GatheredLoads<ScopeKey>((ids) => this.#keysById(ids));

  constructor(options: SqlKeyVaultOptions) {
    this.#pool = options.pool;
    this.#tenant = options.tenant;
    this.#now = options.now ?? Date.now;
    this.#epochMs = options.epochMs ?? 29 * DAY_MS;
    this.#epochs = new EpochKeys(options.pool, options.tenant, options.rootKey);
    const bounds = { max: options.cacheEntries ?? 10_000, ttl: options.cacheMs ?? 30_000 };
    this.#byScope = new LRUCache(bounds);
    this.#byId = new LRUCache(bounds);
  }

  async wrap(
    scope: KeyScope,
    plain: Uint8Array,
    aad: string,
  ): Promise<{ readonly keyId: string; readonly sealed: Uint8Array }> {
    const name = scopeName(scope);
    const { keyId, key } = this.#byScope.get(name) ?? (await this.#scopes.get(name)) ?? {};
    if (keyId === undefined || key === undefined) {
      throw new GatewayError('seal-unavailable', { details: 'vault-key' });
    }
    return { keyId, sealed: encrypt(key, plain, this.#binding(name, aad)) };
  }

  async unwrap(keyId: string, sealed: Uint8Array, aad: string): Promise<Uint8Array | undefined> {
    const found = this.#byId.get(keyId) ?? (await this.#ids.get(keyId));
    // A destroyed key leaves its row: a row that is gone was taken away.
    if (found === undefined) throw new GatewayError('integrity-failure', { details: `vault_key/${keyId}` });
    if (found.key === undefined) return undefined;
    const plain = decrypt(found.key, sealed, this.#binding(found.scope, aad));
    if (plain === undefined) throw new GatewayError('integrity-failure', { details: `sealed/${keyId}` });
    return plain;
  }

  async destroy(scope: KeyScope): Promise<void> {
    const name = scopeName(scope);
    const { rows } = await this.#pool.query<{ key_id: string }>(
      `update vault_key set wrapped = null, destroyed = $3
       where tenant = $1 and scope = $2 and destroyed is null returning key_id`,
      [this.#tenant, name, new Date(this.#now())],
    );
    this.#byScope.delete(name);
    for (const row of rows) this.#byId.delete(row.key_id);
  }

  async rotateEpoch(): Promise<void> {
    const { epoch } = await this.#epochs.begin(this.#now());
    while ((await this.#rewrapPage(epoch)) === REWRAP_PAGE);
    await inTransaction(this.#pool, (client) => this.#epochs.retireBefore(epoch, client));
  }

  #binding(scope: string, aad: string): string {
    return bindingText(this.#tenant, 'sealed', aad, scope);
  }

  #keyBinding(keyId: string, scope: string): string {
    return bindingText(this.#tenant, 'vault_key', keyId, scope);
  }

  async #scopeKeys(names: readonly string[]): Promise<ReadonlyMap<string, ScopeKey>> {
    const found = await this.#liveKeys(names);
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
      const missing = names.filter((name) => !found.has(name));
      if (missing.length === 0) break;
      if (attempt > 0) this.#epochs.forgetNewest();
      await this.#create(missing);
      for (const [name, key] of await this.#liveKeys(missing)) found.set(name, key);
    }
    return found;
  }

  async #liveKeys(names: readonly string[]): Promise<Map<string, ScopeKey>> {
    const { rows } = await this.#pool.query<KeyRow>(
      `select key_id, scope, epoch, wrapped from vault_key
       where tenant = $1 and scope = any($2) and destroyed is null`,
      [this.#tenant, names],
    );
    const keys = await Promise.all(rows.map((row) => this.#open(row)));
    for (const key of keys) this.#byScope.set(key.scope, key);
    return new Map(keys.map((key) => [key.scope, key]));
  }

  /** Makes the scopes' keys unless another replica was first; sorted, so that two replicas cannot deadlock. */
  async #create(scopes: readonly string[]): Promise<void> {
    const now = this.#now();
    const { epoch, key } = await this.#epochs.current(now, now - this.#epochMs);
    const made = scopes.toSorted().map((scope) => {
      const keyId = randomBytes(16).toString('base64url');
      return { keyId, scope, wrapped: encrypt(key, randomBytes(KEY_BYTES), this.#keyBinding(keyId, scope)) };
    });
    await this.#pool.query(
      `with e as (select epoch from epoch_key where tenant = $1 and epoch = $2 and wrapped <> '' for share)
       insert into vault_key (tenant, key_id, scope, epoch, wrapped, created)
       select $1, k.key_id, k.scope, e.epoch, k.wrapped, $3
       from unnest($4::text[], $5::text[], $6::bytea[]) k (key_id, scope, wrapped), e order by k.scope
       on conflict (tenant, scope) where destroyed is null do nothing`,
      [
        this.#tenant,
        epoch,
        new Date(now),
        made.map((row) => row.keyId),
        made.map((row) => row.scope),
        made.map((row) => row.wrapped),
      ],
    );
  }

  async #keysById(ids: readonly string[]): Promise<ReadonlyMap<string, ScopeKey>> {
    const { rows } = await this.#pool.query<KeyRow>(
      'select key_id, scope, epoch, wrapped from vault_key where tenant = $1 and key_id = any($2)',
      [this.#tenant, ids],
    );
    const keys = await Promise.all(rows.map((row) => this.#open(row)));
    for (const key of keys) this.#byId.set(key.keyId, key);
    return new Map(keys.map((key) => [key.keyId, key]));
  }

  async #open(row: KeyRow): Promise<ScopeKey> {
    const { key_id: keyId, scope, wrapped } = row;
    if (wrapped === null) return { keyId, scope, key: undefined };
    const epoch = await this.#epochs.at(row.epoch);
    const plain = decrypt(epoch.key, wrapped, this.#keyBinding(keyId, scope));
    if (plain === undefined) throw new GatewayError('integrity-failure', { details: `vault_key/${keyId}` });
    return { keyId, scope, key: createSecretKey(plain) };
  }

  /** @returns how many keys were wrapped anew */
  #rewrapPage(epoch: number): Promise<number> {
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<KeyRow>(
        `select key_id, scope, epoch, wrapped from vault_key
         where tenant = $1 and epoch < $2 and wrapped is not null order by key_id limit $3 for update`,
        [this.#tenant, epoch, REWRAP_PAGE],
      );
      const { key } = await this.#epochs.at(epoch);
      const opened = await Promise.all(rows.map((row) => this.#open(row)));
      const wrapped = opened.map(({ keyId, scope, key: scopeKey }) =>
        encrypt(key, scopeKey?.export() ?? Buffer.alloc(0), this.#keyBinding(keyId, scope)),
      );
      await client.query(
        `update vault_key v set epoch = $2, wrapped = k.wrapped
         from unnest($3::text[], $4::bytea[]) k (key_id, wrapped) where v.tenant = $1 and v.key_id = k.key_id`,
        [this.#tenant, epoch, rows.map((row) => row.key_id), wrapped],
      );
      return rows.length;
    });
  }
}
