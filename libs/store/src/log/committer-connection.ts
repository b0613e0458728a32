import type { PoolClient } from 'pg';
import { LogStopped } from './commit-failure.js';
import { beginSession, type GatewaySession, resumeSession } from './gateway-session.js';
import type { SqlLogOptions } from './log-options.js';

/** The one connection on which a process appends: it holds the lock of the gateway's session. */
export class CommitterConnection {
  readonly #options: SqlLogOptions;
  readonly #now: () => number;
  #client: PoolClient | undefined;
  #session: GatewaySession | undefined;
  #resumed = false;

  constructor(options: SqlLogOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Whether the connection still works as far as is known. */
  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** The connection; a new one where the last was dropped. */
  async client(): Promise<PoolClient> {
    if (this.#client !== undefined) return this.#client;
    const client = await this.#options.pool.connect();
    client.on('error', this.#broken);
    this.#client = client;
    this.#resumed = false;
    return client;
  }

  /** The session, taken up again on a new connection, or begun. Its number is the database's. */
  async session(): Promise<GatewaySession> {
    const client = await this.client();
    if (this.#session !== undefined && !this.#resumed) await this.#resume(client, this.#session);
    const { tenant, gateway } = this.#options;
    this.#session ??= await beginSession(client, tenant, gateway, this.#now());
    this.#resumed = true;
    return this.#session;
  }

  /** Notes the session's newest number; `undefined` when it was closed. */
  advance(session: GatewaySession | undefined): void {
    this.#session = session;
  }

  /** Gives the connection up, and with it the session's lock. */
  drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.release(true);
  }

  readonly #broken = (): void => {
    this.drop();
  };

  async #resume(client: PoolClient, session: GatewaySession): Promise<void> {
    const found = await resumeSession(client, this.#options.tenant, session.id);
    if (found === undefined) this.#options.incident({ kind: 'session-lost', session: session.id });
    else if (found.lastSeq < session.lastSeq) {
      throw new LogStopped({ kind: 'log-rolled-back', seen: session.lastSeq, stored: found.lastSeq });
    }
    this.#session = found;
  }
}
