import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { StoredGrantModel, TokenStore } from '#smart';
import type { ApplyContext } from './apply/apply-context.js';
import { GatheredLoads } from './gathered-loads.js';
import type { Queries } from './lanes.js';
import { toTimestamp } from './pool.js';
import { checkToken, TOKEN_ROW, tokenMac, type TokenRow } from './token-row.js';

const ROWS = z.array(TOKEN_ROW);
const PAYLOAD = z.record(z.string(), z.unknown());

const KEY = z.tuple([z.string(), z.string()]);
const COMPARED = TOKEN_ROW.omit({ mac: true }).keyof().options;

const COLUMNS = `tenant, kind, id_hash, payload::text as payload, grant_id, user_code, uid, expires_at, consumed_at, mac`;
const INSERT = `insert into oidc_payload
  (tenant, kind, id_hash, payload, grant_id, user_code, uid, expires_at, consumed_at, mac)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (tenant, kind, id_hash)`;
const REPLACE = `do update set payload = excluded.payload, grant_id = excluded.grant_id,
  user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at,
  consumed_at = excluded.consumed_at, mac = excluded.mac`;

/** Tries of a consume against concurrent replacements of the same row. */
const TRIES = 5;
/** Rows that were checked and are held with what they say. */
const HELD = 10_000;

/** The authorization server's models in Postgres. The MAC covers every column: a cleared consumption is found. */
export class SqlTokenStore implements TokenStore {
  readonly #pool: Pool;
  readonly #quick: Queries;
  readonly #context: ApplyContext;
  readonly #finds = new GatheredLoads<TokenRow>((keys) => this.#load(keys));
  readonly #checked = new LRUCache<string, { readonly row: TokenRow; readonly model: StoredGrantModel }>({
    max: HELD,
  });

  /** @param quick finds a model, which each request does; the rest goes over the pool */
  constructor(pool: Pool, context: ApplyContext, quick: Queries = pool) {
    this.#pool = pool;
    this.#quick = quick;
    this.#context = context;
  }

  async upsert(model: StoredGrantModel): Promise<void> {
    await this.#insert('upsert', `${INSERT} ${REPLACE}`, model);
  }

  async insertOnce(model: StoredGrantModel): Promise<boolean> {
    return (await this.#insert('insert once', `${INSERT} do nothing`, model)) === 1;
  }

  /** Reads the row at each call. One that is, column by column, as it was when its MAC was checked is not checked again. */
  async find(kind: string, idHash: string): Promise<StoredGrantModel | undefined> {
    const key = keyOf(kind, idHash);
    const row = await this.#finds.get(key);
    if (row === undefined) return undefined;
    const held = this.#checked.get(key);
    if (held !== undefined && isSameRow(held.row, row)) return held.model;
    checkToken(this.#context.mac, row);
    const model = modelOf(row);
    this.#checked.set(key, { row, model });
    return model;
  }

  async findByUid(kind: string, uid: string): Promise<StoredGrantModel | undefined> {
    const [row] = await this.#select('kind = $2 and uid = $3', [kind, uid]);
    return row === undefined ? undefined : modelOf(row);
  }

  async consume(kind: string, idHash: string, atMs: number): Promise<boolean> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // oxlint-disable no-await-in-loop -- until the row is as it was read
      const [row] = await this.#select('kind = $2 and id_hash = $3', [kind, idHash]);
      if (row === undefined || row.consumed_at !== null) {
        return false;
      }
      const { rowCount } = await this.#pool.query({
        name: 'consume model',
        text: `update oidc_payload set consumed_at = $4, mac = $5
               where tenant = $1 and kind = $2 and id_hash = $3 and consumed_at is null and mac = $6`,
        values: [
          this.#context.tenant,
          kind,
          idHash,
          toTimestamp(atMs),
          tokenMac(this.#context.mac, { ...row, consumed_at: atMs }),
          row.mac,
        ],
      });
      // oxlint-enable no-await-in-loop
      if (rowCount === 1) {
        return true;
      }
    }
    return false;
  }

  async destroy(kind: string, idHash: string): Promise<void> {
    await this.#pool.query({
      name: 'destroy model',
      text: 'delete from oidc_payload where tenant = $1 and kind = $2 and id_hash = $3',
      values: [this.#context.tenant, kind, idHash],
    });
  }

  async revokeByGrantId(kind: string, grantId: string): Promise<void> {
    await this.#pool.query({
      name: 'revoke grant',
      text: 'delete from oidc_payload where tenant = $1 and kind = $2 and grant_id = $3',
      values: [this.#context.tenant, kind, grantId],
    });
  }

  async list(kind: string): Promise<readonly StoredGrantModel[]> {
    return (await this.#select('kind = $2 order by id_hash', [kind])).map(modelOf);
  }

  async sweep(nowMs: number): Promise<number> {
    const { rowCount } = await this.#pool.query({
      name: 'sweep models',
      text: 'delete from oidc_payload where tenant = $1 and expires_at < $2',
      values: [this.#context.tenant, toTimestamp(nowMs)],
    });
    return rowCount ?? 0;
  }

  async #insert(name: string, text: string, model: StoredGrantModel): Promise<number> {
    const row = this.#row(model);
    const { rowCount } = await this.#pool.query({
      name,
      text,
      values: [
        row.tenant,
        row.kind,
        row.id_hash,
        row.payload,
        row.grant_id,
        row.user_code,
        row.uid,
        row.expires_at === null ? null : toTimestamp(row.expires_at),
        row.consumed_at === null ? null : toTimestamp(row.consumed_at),
        tokenMac(this.#context.mac, row),
      ],
    });
    return rowCount ?? 0;
  }

  #row(model: StoredGrantModel): Omit<TokenRow, 'mac'> {
    return {
      tenant: this.#context.tenant,
      kind: model.kind,
      id_hash: model.idHash,
      payload: JSON.stringify(model.payload),
      grant_id: model.grantId ?? null,
      user_code: model.userCode ?? null,
      uid: model.uid ?? null,
      expires_at: model.expiresMs ?? null,
      consumed_at: model.consumedMs ?? null,
    };
  }

  async #select(which: string, values: readonly string[]): Promise<readonly TokenRow[]> {
    const { rows } = await this.#pool.query({
      name: `models ${which}`,
      text: `select ${COLUMNS} from oidc_payload where tenant = $1 and ${which}`,
      values: [this.#context.tenant, ...values],
    });
    const found = ROWS.parse(rows);
    for (const row of found) checkToken(this.#context.mac, row);
    return found;
  }

  /** Rows as they are, unchecked: a changed one is the fault of whoever asked for it, not of those who asked with him. */
  async #load(keys: readonly string[]): Promise<ReadonlyMap<string, TokenRow>> {
    const named = keys.map((key) => KEY.parse(JSON.parse(key)));
    const { rows } = await this.#quick.query({
      name: 'find models',
      text: `select ${COLUMNS} from oidc_payload
             where tenant = $1 and (kind, id_hash) in (select * from unnest($2::text[], $3::text[]))`,
      values: [this.#context.tenant, named.map(([kind]) => kind), named.map(([, idHash]) => idHash)],
    });
    return new Map(ROWS.parse(rows).map((row) => [keyOf(row.kind, row.id_hash), row]));
  }
}

function keyOf(kind: string, idHash: string): string {
  return JSON.stringify([kind, idHash]);
}

function isSameRow(a: TokenRow, b: TokenRow): boolean {
  return COMPARED.every((column) => a[column] === b[column]) && Buffer.compare(a.mac, b.mac) === 0;
}

function modelOf(row: TokenRow): StoredGrantModel {
  return {
    kind: row.kind,
    idHash: row.id_hash,
    payload: PAYLOAD.parse(JSON.parse(row.payload)),
    grantId: row.grant_id ?? undefined,
    userCode: row.user_code ?? undefined,
    uid: row.uid ?? undefined,
    expiresMs: row.expires_at ?? undefined,
    consumedMs: row.consumed_at ?? undefined,
  };
}
