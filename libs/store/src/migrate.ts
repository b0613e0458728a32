import { createHash } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import { MIGRATIONS } from './migrations/embedded.js';

/** One migration waits for the other: gateways that start together. The number names this lock alone. */
const LOCK = 7_361_290_441;

/**
 * Roles are the cluster's, so another database of it may have made them already. The session's own user becomes a
 * member, in order to act as them; a superuser need not.
 */
const BOOTSTRAP = `
do $$
declare
  wanted text;
begin
  foreach wanted in array array['proviso_owner', 'proviso_app'] loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
    if not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end $$;
create schema if not exists proviso authorization proviso_owner;
set role proviso_owner;
set search_path = proviso;
create table if not exists migration (
  name text primary key,
  checksum text not null,
  applied timestamptz not null default now()
);
`;

const APPLIED = z.array(z.object({ name: z.string(), checksum: z.string() }));

/**
 * Brings the database at `url` to the newest schema: each migration in its own transaction, under an advisory lock.
 * The user of `url` must be a superuser, or may create roles and the schema, or finds both made for it.
 * @param next done before the lock is let go: what else only one process at a time may set up.
 * @returns the names that were applied now.
 * @throws `version-conflict` where an applied migration's text differs from ours, or is not known to us.
 */
export async function migrate(
  url: string,
  next: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(BOOTSTRAP);
    const rows = APPLIED.parse((await client.query('select name, checksum from migration')).rows);
    const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
    refuseDifference(applied);
    const done = await applyAll(
      client,
      MIGRATIONS.filter(({ name }) => !applied.has(name)),
    );
    await next();
    return done;
  } finally {
    await client.end();
  }
}

function refuseDifference(applied: ReadonlyMap<string, string>): void {
  const ours = new Map(MIGRATIONS.map(({ name, sql }) => [name, checksumOf(sql)]));
  for (const [name, checksum] of applied) {
    if (ours.get(name) !== checksum) {
      throw new GatewayError('version-conflict', {
        details: `The database was migrated with another text of ${name} than this release has.`,
      });
    }
  }
}

async function applyAll(
  client: pg.Client,
  open: readonly { readonly name: string; readonly sql: string }[],
): Promise<readonly string[]> {
  for (const { name, sql } of open) {
    // oxlint-disable no-await-in-loop -- in order
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into migration (name, checksum) values ($1, $2)', [name, checksumOf(sql)]);
    await client.query('commit');
    // oxlint-enable no-await-in-loop
  }
  return open.map(({ name }) => name);
}

function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}
