import { createDatabase, runStatements } from '#store';

/** A copy of a database on the same server. Nobody may be connected to the original. */
export function copyDatabase(url: string, name: string): Promise<string> {
  const original = new URL(url).pathname.slice(1);
  return createDatabase(url, name, { template: original });
}

/** Runs statements with full rights: as the superuser, row-level security off, triggers off. */
export async function tamper(url: string, sql: string): Promise<void> {
  await runStatements(url, `set session_replication_role = replica; set search_path = proviso; ${sql}`);
}
