import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { EmbeddedPostgres, migrate, toTimestamp } from '#store';
import type { SqlStatement } from '#search';
import type { World } from './world.js';

/** A real PostgreSQL with the real schema, filled with worlds, a tenant each. */
export interface SmallStore {
  /** Adds worlds under the tenants `t0`, `t1`, … */
  fill(worlds: readonly World[]): Promise<void>;
  run(statement: SqlStatement): Promise<readonly Record<string, unknown>[]>;
  insert(table: string, rows: readonly Row[]): Promise<void>;
  /** Statistics, without which the planner takes every table for a row or two. */
  analyze(): Promise<void>;
  close(): Promise<void>;
}

export type Row = Readonly<Record<string, unknown>>;

const RECORD = '00000000-0000-7000-8000-0000000000ff';
const EMPTY = '\\x';

/** Starts a server in a folder of its own. */
export async function openSmallStore(): Promise<SmallStore> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'proviso-property-'));
  await chmod(folder, 0o755);
  const server = await EmbeddedPostgres.start({ dataDir: folder });
  await migrate(server.url);
  const client = new pg.Client({
    connectionString: server.url,
    options: '-c search_path=proviso -c timezone=UTC -c jit=off',
  });
  await client.connect();
  const insert = (table: string, rows: readonly Row[]): Promise<void> => insertRows(client, table, rows);
  return {
    insert,
    fill: async (worlds) => {
      for (const [table, rows] of Object.entries(rowsOf(worlds))) await insert(table, rows);
    },
    run: async ({ name, text, values }) => {
      const result = await client.query<Record<string, unknown>>({ name, text, values: [...values] });
      return result.rows;
    },
    analyze: async () => {
      await client.query('analyze');
    },
    close: async () => {
      await client.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function insertRows(client: pg.Client, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first).join(', ');
  const json = JSON.stringify(rows, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
    [json],
  );
}

function rowsOf(worlds: readonly World[]): Readonly<Record<string, readonly Row[]>> {
  const all = worlds.map((world, place) => ({ world, tenant: `t${place}` }));
  return {
    resource_version: all.flatMap(({ world, tenant }) =>
      world.versions.map(({ facts }) => versionRow(tenant, facts)),
    ),
    version_patient: all.flatMap(({ world, tenant }) =>
      world.versions.flatMap(({ facts, patients }) =>
        patients.map((patient) => ({ ...keyOf(tenant, facts), patient, role: 'subject' })),
      ),
    ),
    person_link: all.flatMap(({ world, tenant }) => linkRows(tenant, world)),
    consent_rule: all.flatMap(({ world, tenant }) =>
      world.consents.flatMap((consent) => ruleRows(tenant, consent)),
    ),
    consent_rule_actor: all.flatMap(({ world, tenant }) =>
      world.consents.flatMap((consent) => actorRows(tenant, consent)),
    ),
    projection_checkpoint: all.map(({ tenant }) => ({
      tenant,
      chain_id: '1',
      genesis_hash: '0x',
      contract: '0x',
      code_hash: '0x',
      block_number: 1,
      block_hash: '0x',
      block_time: 1,
      confirmed: 1,
      position: 5,
      contact: '-infinity',
    })),
  };
}

type Facts = World['versions'][number]['facts'];
type Consent = World['consents'][number];

function keyOf(tenant: string, { type, id, versionId }: Facts): Row {
  return { tenant, type, id, version_id: versionId };
}

/** A current version without content. */
export function versionRow(tenant: string, facts: Facts): Row {
  const { codes, labels, authors, related, time } = facts;
  return {
    ...keyOf(tenant, facts),
    codes,
    labels,
    authors,
    related,
    current: true,
    deleted: false,
    bytes: EMPTY,
    digest: EMPTY,
    canon: EMPTY,
    content: EMPTY,
    mac: EMPTY,
    last_updated: '2026-01-01T00:00:00Z',
    source: facts.source,
    label_rules: facts.labelRules,
    record_id: RECORD,
    time_lo: toTimestamp(time?.from ?? -Infinity),
    time_hi: toTimestamp(time?.to ?? Infinity),
    time_known: time !== null,
  };
}

/** Each patient's link in force, and one to somebody else that has ended. */
function linkRows(tenant: string, { links }: World): readonly Row[] {
  const persons = [...new Set(Object.values(links))];
  return Object.entries(links).flatMap(([patient, person]) => {
    const row = { tenant, patient, grade: 'certain', record_id: RECORD, mac: EMPTY };
    const ended = persons.filter((other) => other !== person).slice(0, 1);
    return [
      { ...row, person, from_time: '2021-01-01T00:00:00Z', until_time: null },
      ...ended.map((other) => ({
        ...row,
        person: other,
        from_time: '-infinity',
        until_time: '2021-01-01T00:00:00Z',
      })),
    ];
  });
}

function ruleRows(
  tenant: string,
  { consent, person, kind, rules, fromPosition, untilPosition }: Consent,
): readonly Row[] {
  return rules.map(({ valid, data, ...rule }) => ({
    tenant,
    consent,
    person,
    kind,
    ...rule,
    valid_from: toTimestamp(valid.from),
    valid_to: toTimestamp(valid.to),
    period_from: '-infinity',
    period_to: 'infinity',
    window_from: '-infinity',
    window_to: 'infinity',
    data_from: data === null ? null : toTimestamp(data.from),
    data_to: data === null ? null : toTimestamp(data.to),
    from_position: fromPosition,
    until_position: untilPosition,
    mac: EMPTY,
  }));
}

function actorRows(tenant: string, { consent, person, rules }: Consent): readonly Row[] {
  const actors = rules.filter((rule) => rule.effect === 'permit').flatMap((rule) => rule.actors ?? ['*']);
  return [...new Set(actors)].map((actor) => ({ tenant, actor, person, consent }));
}
