import pg from 'pg';
import { parseTextArray } from './parse-text-array.js';

/** Type numbers of PostgreSQL whose text we read our own way. */
const INT8 = 20;
const TEXT_ARRAY = 1009;
const TIMESTAMPTZ = 1184;

/** A pool that speaks for one tenant. */
export interface PoolOptions {
  readonly url: string;
  readonly tenant: string;
  /** Connections at most. */
  readonly max: number;
  /** Milliseconds that one statement may take; a minute where absent. */
  readonly timeoutMs?: number;
  /** Milliseconds that a connection may be idle before it is closed; 0: for ever. Five minutes where absent. */
  readonly idleMs?: number;
}

/**
 * Connections as the role `proviso_app`, in the schema `proviso`, with row-level security set to the tenant.
 * They read `bigint` as BigInt and `timestamptz` as epoch milliseconds (±Infinity where infinite). The settings ride
 * in the start-up packet, so that no statement is spent and no reset loses them.
 */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...settingsOf(options),
    max: options.max,
    // A connection keeps the plans of its statements: one that is opened anew plans each of them several times.
    idleTimeoutMillis: options.idleMs ?? 300_000,
    allowExitOnIdle: false,
  });
  // An idle connection that breaks is replaced at the next checkout; that query fails or works by itself.
  pool.on('error', () => undefined);
  // One that breaks between two queries of a transaction fails the next; nobody else listens, and that would end us.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** How each connection of a tenant is opened. */
export function settingsOf({ url, tenant, timeoutMs = 60_000 }: Omit<PoolOptions, 'max'>): pg.ClientConfig {
  if (!/^[a-z0-9-]{1,64}$/.test(tenant)) {
    throw new TypeError('A tenant is 1 to 64 lower-case letters, digits or hyphens.');
  }
  const settings = {
    role: 'proviso_app',
    search_path: 'proviso',
    'proviso.tenant': tenant,
    timezone: 'UTC',
    // What is asked for often is in memory; the default expects a disk that turns, and prefers to hash whole indexes.
    random_page_cost: '1.1',
    jit: 'off',
  };
  return {
    connectionString: url,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    types: typeParsers(),
    connectionTimeoutMillis: 10_000,
    statement_timeout: timeoutMs,
  };
}

/** For a `timestamptz` parameter: RFC 3339, or `infinity`. */
export function toTimestamp(ms: number): string {
  if (ms === Infinity) {
    return 'infinity';
  }
  return ms === -Infinity ? '-infinity' : new Date(ms).toISOString();
}

function typeParsers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, BigInt);
  types.setTypeParser(TEXT_ARRAY, parseTextArray);
  types.setTypeParser(TIMESTAMPTZ, parseTimestamp);
  return types;
}

function parseTimestamp(text: string): number {
  if (text === 'infinity') {
    return Infinity;
  }
  return text === '-infinity' ? -Infinity : Date.parse(`${text.replace(' ', 'T')}:00`);
}
