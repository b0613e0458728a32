import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import { uuidv7 } from '#digest';
import { ENTRY_CLASS, type EntryClass, type SealableRecord } from '#provenance';

/** How long a lost connection of our own may hold the session's lock before we begin another session. */
const LOCK_LIMIT_MS = 5_000;

/** A gateway's run: numbers its records without gaps, from its open record to its close record. */
export interface GatewaySession {
  /** Names the gateway in its records. */
  readonly id: string;
  /** The last number given; 0 before the open record. */
  readonly lastSeq: bigint;
}

/** A session whose gateway vanished without a close record. */
export interface VanishedSession extends GatewaySession {
  readonly record: SealableRecord;
}

/**
 * Begins a session and holds its lock as long as the connection lives: a session without close record whose lock is
 * free belonged to a gateway that vanished.
 */
export async function beginSession(
  client: ClientBase,
  tenant: string,
  gateway: string,
  atMs: number,
): Promise<GatewaySession> {
  const id = `${gateway}/${randomBytes(9).toString('base64url')}`;
  await tryLock(client, tenant, id);
  await client.query(
    'insert into gateway_session (tenant, id, opened, closed, last_seq) values ($1, $2, $3, null, 0)',
    [tenant, id, new Date(atMs)],
  );
  return { id, lastSeq: 0n };
}

/**
 * Takes up a session on a new connection. `undefined` where another gateway closed it meanwhile, or the connection
 * that was lost still holds it.
 */
export async function resumeSession(
  client: ClientBase,
  tenant: string,
  id: string,
): Promise<GatewaySession | undefined> {
  const deadline = Date.now() + LOCK_LIMIT_MS;
  while (!(await tryLock(client, tenant, id))) {
    if (Date.now() > deadline) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return openSession(client, tenant, id);
}

/** Locks and gives every session that was not closed and whose gateway is gone. */
export async function findVanished(
  client: ClientBase,
  tenant: string,
  own: string,
  atMs: number,
): Promise<readonly VanishedSession[]> {
  const { rows } = await client.query<{ id: string }>(
    'select id from gateway_session where tenant = $1 and closed is null and id <> $2 order by id limit 500',
    [tenant, own],
  );
  const vanished: VanishedSession[] = [];
  for (const { id } of rows) {
    if (!(await tryLock(client, tenant, id))) continue;
    const session = await openSession(client, tenant, id);
    if (session !== undefined) vanished.push({ ...session, record: gapRecord(session, atMs) });
  }
  return vanished;
}

/** Gives back the locks that `findVanished` took. */
export async function releaseVanished(
  client: ClientBase,
  tenant: string,
  vanished: readonly VanishedSession[],
): Promise<void> {
  const names = vanished.map(({ id }) => lockName(tenant, id));
  await client.query('select pg_advisory_unlock(hashtextextended(name, 0)) from unnest($1::text[]) name', [
    names,
  ]);
}

/** The record that opens a session, class 03. */
export function openingRecord(session: GatewaySession, atMs: number): SealableRecord {
  return systemRecord(ENTRY_CLASS.key, 'gateway-open', `gateway-session/${session.id}`, atMs);
}

/** The record that closes a session, class 03. */
export function closingRecord(session: GatewaySession, atMs: number): SealableRecord {
  return systemRecord(ENTRY_CLASS.key, 'gateway-close', `gateway-session/${session.id}`, atMs);
}

/** The record that names a session without close record and its last number, class 05. */
function gapRecord(session: GatewaySession, atMs: number): SealableRecord {
  const path = `gateway-session/${session.id}?lastSeq=${session.lastSeq}`;
  return systemRecord(ENTRY_CLASS.gap, 'gateway-vanished', path, atMs);
}

/** A record of the log about itself: nobody asked, nobody is concerned. */
function systemRecord(
  entryClass: EntryClass,
  interaction: string,
  path: string,
  atMs: number,
): SealableRecord {
  const id = uuidv7(atMs, randomBytes(10));
  const time = new Date(atMs).toISOString();
  return {
    class: entryClass,
    op: { id, time, phase: 'single', interaction, outcome: 'success', status: 0, block: null },
    actor: {
      client: null,
      user: null,
      organization: null,
      roles: ['system'],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: { method: 'SYSTEM', path, parameters: new Uint8Array(), requestId: id, intent: null },
    subjects: [],
  };
}

async function openSession(
  client: ClientBase,
  tenant: string,
  id: string,
): Promise<GatewaySession | undefined> {
  const { rows } = await client.query<{ last_seq: bigint }>(
    'select last_seq from gateway_session where tenant = $1 and id = $2 and closed is null',
    [tenant, id],
  );
  return rows[0] && { id, lastSeq: rows[0].last_seq };
}

async function tryLock(client: ClientBase, tenant: string, id: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [lockName(tenant, id)],
  );
  return rows[0]?.locked === true;
}

function lockName(tenant: string, id: string): string {
  return `gateway-session ${tenant} ${id}`;
}
