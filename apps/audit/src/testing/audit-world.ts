import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { uuidv7 } from '#digest';
import { Admission, operate, type Incoming, type Served } from '#http';
import type { AppendItem } from '#provenance';
import type { Principal } from '#smart';
import {
  AccessIndexWriter,
  isJudged,
  LogReader,
  RecordOpener,
  RecordReceipts,
  SqlAccessIndex,
  SqlAnchorLog,
  SqlFollowerPositions,
  SqlLinkStore,
  storageFault,
  ACCESS_INDEX,
  type RowChange,
  type SqlKeyVault,
  type SqlLogStore,
} from '#store';
import { LogScene } from '../../../../libs/store/src/testing/log-scene.js';
import type { Operation } from '../operation.js';
import type { Parts } from '../parts.js';

const TENANT = 'default';

/** A real log and its index of accesses, and the auditor's application over them. */
export class AuditWorld {
  readonly scene: LogScene;
  readonly log: SqlLogStore;
  readonly parts: Parts;
  readonly records: RecordOpener;
  readonly vault: SqlKeyVault;
  /** Kinds of the incidents that were told of. */
  readonly incidents: string[] = [];

  private constructor(scene: LogScene, log: SqlLogStore) {
    const { pool } = scene.database;
    const context = { tenant: TENANT, mac: scene.mac };
    const reader = new LogReader(pool, TENANT);
    this.scene = scene;
    this.log = log;
    this.vault = scene.vault();
    this.records = new RecordOpener(pool, TENANT, this.vault);
    const anchors = new SqlAnchorLog(pool, TENANT);
    const sources = { pool, tenant: TENANT, log: reader, records: this.records, anchors, vkeys: [] };
    this.parts = {
      authenticate: (role) => Promise.resolve(principalOf(role ?? '')),
      admission: new Admission(10),
      log,
      projection: () => Promise.resolve(undefined),
      clock: Date.now,
      newId: (timeMs) => uuidv7(timeMs, randomBytes(10)),
      lastSealedMs: () => 0,
      unidentified: () => undefined,
      incident: (kind) => this.incidents.push(kind),
      storageFault,
      isJudged,
      accesses: new SqlAccessIndex(pool, context, Date.now),
      links: new SqlLinkStore(pool, context),
      receipts: new RecordReceipts(sources),
    };
  }

  static async make(): Promise<AuditWorld> {
    const scene = await LogScene.make();
    return new AuditWorld(scene, await scene.start());
  }

  /** Appends, and lets the index follow. Gives the indexes. */
  async seal(...items: readonly AppendItem<RowChange>[]): Promise<readonly bigint[]> {
    const seals = await this.log.append(items);
    await this.follow();
    return seals.map(({ index }) => index);
  }

  /** What a runner of followers does. */
  async follow(): Promise<void> {
    const { database, mac } = this.scene;
    const positions = new SqlFollowerPositions(database.pool, TENANT);
    const [from, { size }] = [await positions.position(ACCESS_INDEX), await this.log.head()];
    const batch = await this.records.openRange(from, size);
    await new AccessIndexWriter({ tenant: TENANT, mac }).handle(batch, database.pool);
    await positions.advance(ACCESS_INDEX, from, size);
  }

  /** Asks as somebody with this role. */
  async ask<Input>(
    operation: Operation<Input>,
    input: object,
    role = 'auditor',
  ): Promise<{ readonly status: number; readonly body: unknown; readonly served: Served }> {
    const request = z.custom<Incoming>().parse({
      method: 'GET',
      path: '/audit/x',
      query: '',
      body: new Uint8Array(),
      authorization: role,
      requestId: 'r-1',
    });
    const served = await operate(operation, request, () => input, this.parts);
    const { answer } = served.kind === 'sealed' ? served.sealed : served;
    const body: unknown = JSON.parse(Buffer.from(answer.body).toString('utf8'));
    return { status: answer.status, body, served };
  }
}

function principalOf(role: string): Principal {
  return z.custom<Principal>().parse({
    client: `${role}-app`,
    roles: [role],
    scopes: [],
    purpose: 'HOPERAT',
    tokenHash: null,
  });
}
