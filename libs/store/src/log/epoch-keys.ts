import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { GatewayError } from '#outcome';
import { bindingText, decrypt, encrypt } from './vault-cipher.js';

const KEY_BYTES = 32;

/** A key that wraps scope keys, for at most its lifetime. */
export interface EpochKey {
  readonly epoch: number;
  readonly key: KeyObject;
  readonly createdMs: number;
}

interface EpochRow {
  readonly epoch: number;
  readonly wrapped: Buffer;
  /** Epoch milliseconds. */
  readonly created: number;
}

/** The epoch keys of one tenant, wrapped by the root key, which is never in the database. */
export class EpochKeys {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #root: KeyObject;
  readonly #known = new Map<number, EpochKey>();
  #newest: EpochKey | undefined;

  /** @param rootKey 32 bytes */
  constructor(pool: Pool, tenant: string, rootKey: Uint8Array) {
    if (rootKey.length !== KEY_BYTES) throw new GatewayError('internal', { details: 'vault-root-length' });
    this.#pool = pool;
    this.#tenant = tenant;
    this.#root = createSecretKey(rootKey);
  }

  /** The newest key. Makes one where there is none, or where the newest was made before `notBeforeMs`. */
  async current(nowMs: number, notBeforeMs: number): Promise<EpochKey> {
    if (this.#newest !== undefined && this.#newest.createdMs >= notBeforeMs) return this.#newest;
    const stored = await this.#loadNewest();
    if (stored !== undefined && stored.createdMs >= notBeforeMs) return stored;
    return this.begin(nowMs);
  }

  /** Forgets which key is the newest: another replica may have begun an epoch. */
  forgetNewest(): void {
    this.#newest = undefined;
  }

  /** Begins the next epoch. Two replicas that do so at once get the same one. */
  async begin(nowMs: number): Promise<EpochKey> {
    const epoch = ((await this.#loadNewest())?.epoch ?? 0) + 1;
    const wrapped = encrypt(this.#root, randomBytes(KEY_BYTES), this.#binding(epoch));
    await this.#pool.query(
      `insert into epoch_key (tenant, epoch, wrapped, created) values ($1, $2, $3, $4) on conflict do nothing`,
      [this.#tenant, epoch, wrapped, new Date(nowMs)],
    );
    const made = await this.#loadNewest();
    if (made === undefined) throw new GatewayError('integrity-failure', { details: 'epoch_key' });
    return made;
  }

  /**
   * The key of an epoch.
   * @throws GatewayError `integrity-failure` where it is missing or the root key does not open it
   */
  async at(epoch: number): Promise<EpochKey> {
    const known = this.#known.get(epoch);
    if (known !== undefined) return known;
    const { rows } = await this.#pool.query<EpochRow>(
      'select epoch, wrapped, created from epoch_key where tenant = $1 and epoch = $2',
      [this.#tenant, epoch],
    );
    const [row] = rows;
    if (row === undefined) throw new GatewayError('integrity-failure', { details: `epoch_key/${epoch}` });
    return this.#open(row);
  }

  /** Empties the keys of epochs before `epoch` that wrap nothing any more; their rows stay. */
  async retireBefore(epoch: number, client: PoolClient): Promise<void> {
    // Creators of scope keys hold a share lock on their epoch: after this line none is under way.
    await client.query('select 1 from epoch_key where tenant = $1 and epoch < $2 for update', [
      this.#tenant,
      epoch,
    ]);
    const { rows } = await client.query<{ epoch: number }>(
      `update epoch_key e set wrapped = '' where tenant = $1 and epoch < $2 and wrapped <> '' and not exists
         (select 1 from vault_key k where k.tenant = e.tenant and k.epoch = e.epoch and k.wrapped is not null)
       returning epoch`,
      [this.#tenant, epoch],
    );
    for (const row of rows) this.#known.delete(row.epoch);
  }

  async #loadNewest(): Promise<EpochKey | undefined> {
    const { rows } = await this.#pool.query<EpochRow>(
      'select epoch, wrapped, created from epoch_key where tenant = $1 order by epoch desc limit 1',
      [this.#tenant],
    );
    const [row] = rows;
    this.#newest = row && this.#open(row);
    return this.#newest;
  }

  #open(row: EpochRow): EpochKey {
    const known = this.#known.get(row.epoch);
    if (known !== undefined) return known;
    const plain = decrypt(this.#root, row.wrapped, this.#binding(row.epoch));
    if (plain === undefined)
      throw new GatewayError('integrity-failure', { details: `epoch_key/${row.epoch}` });
    const opened = { epoch: row.epoch, key: createSecretKey(plain), createdMs: row.created };
    this.#known.set(row.epoch, opened);
    return opened;
  }

  #binding(epoch: number): string {
    return bindingText(this.#tenant, 'epoch_key', String(epoch), 'epoch');
  }
}
