import { randomBytes } from 'node:crypto';
import { uuidv7 } from '#digest';
import { ReadThrough, SYSTEM_PACE, VendorProfile } from '#ehr';
import { SqlKeyedWriteStore } from '#store';
import { MemorySource } from '../../../../../libs/ehr/src/testing/memory-source.js';
import { openIntakeScene, type IntakeScene } from '../../../../../libs/store/src/testing/intake-scene.js';
import { WriteReconciler } from '../write-reconciler.js';
import { WriteThrough } from '../write-through.js';
import { BreakableLog, through } from './breakable-log.js';
import { SOURCE, SOURCE_PATIENT } from './vendor-writes.js';

const PROFILE = VendorProfile.parse({
  id: SOURCE,
  name: SOURCE,
  baseUrl: `https://${SOURCE}.example/r4`,
  auth: { clientId: 'c', keyFile: 'k', alg: 'ES384', scopes: ['system/*.cruds'] },
  zone: 'UTC',
  types: [{ type: 'Patient', patientParam: '_id' }, { type: 'Condition' }],
  directoryTypes: ['Practitioner'],
});

/** Writes through to a source in memory, over a real store and log. */
export class WriteScene {
  readonly source = new MemorySource(SOURCE, [
    { patient: SOURCE_PATIENT, resource: { resourceType: 'Patient', id: SOURCE_PATIENT } },
    { patient: undefined, resource: { resourceType: 'Practitioner', id: 'np-1' } },
  ]);
  readonly log: BreakableLog;
  readonly writes: SqlKeyedWriteStore;
  readonly through: WriteThrough;
  readonly reconciler: WriteReconciler;
  readonly reported: unknown[] = [];
  /** Added to the clock. */
  aheadMs = 0;
  readonly #intake: IntakeScene;
  readonly #read: ReadThrough;

  private constructor(scene: IntakeScene, log: BreakableLog) {
    this.#intake = scene;
    this.log = log;
    const { intake, rules, permit } = scene;
    const { database, mac } = scene.scene;
    const { source } = this;
    this.#read = new ReadThrough({
      source,
      profile: PROFILE,
      sink: intake,
      validate: () => [],
      pace: SYSTEM_PACE,
    });
    this.writes = new SqlKeyedWriteStore({
      pool: database.pool,
      tenant: 'default',
      mac,
      keysPerClient: 1_000,
    });
    const shared = {
      sources: [{ source, through: this.#read, permit }],
      patients: intake,
      writes: this.writes,
      intake,
      log,
      clock: () => Date.now() + this.aheadMs,
      newId: (nowMs: number) => uuidv7(nowMs, randomBytes(10)),
    };
    this.through = new WriteThrough({ ...shared, keyDays: 1 });
    this.reconciler = new WriteReconciler({
      ...shared,
      persons: rules,
      afterMs: 1_000,
      everyMs: 1_000,
      report: (_reference, error) => this.reported.push(error),
    });
  }

  static async open(): Promise<WriteScene> {
    const log = new BreakableLog();
    const scene = new WriteScene(await openIntakeScene(SOURCE, through(log)), log);
    const never = new AbortController().signal;
    await scene.#read.refresh(scene.#intake.permit, SOURCE_PATIENT, ['Patient'], never);
    return scene;
  }

  /** Some time later, what is due is looked up. */
  reconcile(aheadMs = 5_000): Promise<number> {
    this.aheadMs += aheadMs;
    return this.reconciler.round();
  }

  /** Bytes of the current version, as text; `deleted` where it says that it is gone. */
  async stored(type: string, id: string): Promise<string | undefined> {
    const { rows } = await this.#intake.scene.database.pool.query<{ bytes: Buffer; deleted: boolean }>(
      'select bytes, deleted from resource_version where type = $1 and id = $2 and current',
      [type, id],
    );
    return rows[0]?.deleted === true ? 'deleted' : rows[0]?.bytes.toString();
  }

  end(): Promise<void> {
    return this.#intake.scene.end();
  }
}
