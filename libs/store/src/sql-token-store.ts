import type { Pool } from 'pg';
import { z } from 'zod';
import { canonicalize, parseStrict } from '#digest';
import { GatewayError } from '#outcome';
import type { StoredGrantModel, TokenStore } from '#smart';
import type { ApplyContext } from './apply/apply-context.js';
import { BYTES, TIME } from './column-shapes.js';
import { toTimestamp } from './pool.js';

const ROW = z.object({
  tenant: z.string(),
  kind: z.string(),
  id_hash: z.string(),
  payload: z.string(),
  grant_id: z.string().nullable(),
  user_code: z.string().nullable(),
  uid: z.string().nullable(),
  expires_at: TIME.nullable(),
  consumed_at: TIME.nullable(),
  mac: BYTES,
});
const ROWS = z.array(ROW);
type Row = z.infer<typeof ROW>;
const PAYLOAD = z.record(z.string(), z.unknown());

const COLUMNS = `tenant, kind, id_hash, payload::text as payload, grant_id, user_code, uid, expires_at, consumed_at, mac`;
const INSERT = `insert into oidc_payload
  (tenant, kind, id_hash, payload, grant_id, user_code, uid, expires_at, consumed_at, mac)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (tenant, kind, id_hash)`;
const REPLACE = `do update set payload = excluded.payload, grant_id = excluded.grant_id,
  user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at,
  consumed_at = excluded.consumed_at, mac = excluded.mac`;

/** Tries of a consume against concurrent replacements of the same row. */
const TRIES = 5;

/** The authorization server's models in Postgres. The MAC covers every column: a cleared consumption is found. */
export class SqlTokenStore implements TokenStore {
  readonly #pool: Pool;
  readonly #context: ApplyContext;

  constructor(pool: Pool, context: ApplyContext) {
    this.#pool = pool;
    this.#context = context;
  }

  async upsert(model: StoredGrantModel): Promise<void> {
    await this.#insert('upsert', `${INSERT} ${REPLACE}`, model);
  }

  async insertOnce(model: StoredGrantModel): Promise<boolean> {
    return (await this.#insert('insert once', `${INSERT} do nothing`, model)) === 1;
  }

  async find(kind: string, idHash: string): Promise<StoredGrantModel | undefined> {
    const [row] = await this.#select('kind = $2 and id_hash = $3', [kind, idHash]);
    return row === undefined ? undefined : modelOf(row);
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
          this.#mac({ ...row, consumed_at: atMs }),
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
        this.#mac(row),
      ],
    });
    return rowCount ?? 0;
  }

  #row(model: StoredGrantModel): Omit<Row, 'mac'> {
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

  async #select(which: string, values: readonly string[]): Promise<readonly Row[]> {
    const { rows } = await this.#pool.query({
      name: `models ${which}`,
      text: `select ${COLUMNS} from oidc_payload where tenant = $1 and ${which}`,
      values: [this.#context.tenant, ...values],
    });
    const found = ROWS.parse(rows);
    for (const row of found) {
      if (Buffer.compare(this.#mac(row), row.mac) !== 0) {
        throw new GatewayError('integrity-failure', { details: `oidc_payload/${row.kind}/${row.id_hash}` });
      }
    }
    return found;
  }

  /** jsonb reorders members: the canonical form is what the MAC covers. */
  #mac(row: Omit<Row, 'mac'>): Uint8Array {
    const payload = canonicalize(parseStrict(Buffer.from(row.payload)));
    return this.#context.mac.of('oidc_payload', { ...row, payload });
  }
}

function modelOf(row: Row): StoredGrantModel {
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
