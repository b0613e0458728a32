import { Client } from 'pg';
import { MllpClient } from '../../libs/ehr/src/testing/mllp-client.js';
import { System } from '../e2e/system.js';
import { until } from '../e2e/until.js';
import { grantAndRevoke, read, type Acknowledged } from './load.js';
import { lostOf } from './lost.js';
import { Outside } from './outside.js';
import { SmallDisk } from './small-disk.js';
import { resultLetter, V2Load } from './v2-load.js';
import { Wallet } from './wallet.js';

const SOON_MS = 60_000;
const DATABASE_MB = 320;
const DATA_MB = 16;
const APP = 'demo-app';
/** More than are kept. */
const SEGMENTS = 40;
const STATEMENT_MS = 5_000;
const ENV = { SOURCE_ROSTER_EVERY_S: '3600', ACCESS_TOKEN_TTL_S: '3600', ANCHOR_EVERY_S: '3600' };

/** A system under load, its database and its data folder each on a disk that can be filled. */
export class DiskScene {
  readonly databaseDisk = new SmallDisk();
  readonly dataDisk = new SmallDisk();
  readonly acknowledged: Acknowledged = {
    receipts: [],
    granted: [],
    revoked: [],
    broken: [],
    statuses: new Map(),
  };
  databaseUrl = '';
  #system: System | undefined;
  #outside: Outside | undefined;
  #messages: V2Load | undefined;
  readonly #stop = new AbortController();
  #workers: Promise<unknown> = Promise.resolve();

  /** Makes the disks. Gives why that cannot be done here, if so. */
  mount(): string | undefined {
    return this.databaseDisk.mount(DATABASE_MB) ?? this.dataDisk.mount(DATA_MB);
  }

  /** Starts everything, and the load: reads, grants with revocations, messages. */
  async start(): Promise<void> {
    const system = new System(ENV, this.dataDisk.folder('data'));
    const outside = new Outside(system.dataDir, this.databaseDisk.folder('postgres'));
    [this.#system, this.#outside] = [system, outside];
    const env = await outside.start(2);
    this.databaseUrl = env['DATABASE_URL'] ?? '';
    await system.start(env);
    await Promise.all(['wallet', APP, 'second-app'].map((client) => system.token(client)));
    const readers = new Wallet(system, 0);
    await readers.handIn(readers.grant(APP).signed, this.#stop.signal);
    await until('the reader is served', SOON_MS, () => readers.mustSee(APP));
    this.#messages = new V2Load(this.#mllp, 1);
    this.#messages.start();
    const work = { acknowledged: this.acknowledged, stop: this.#stop.signal };
    this.#workers = Promise.all([read(system, readers, work), grantAndRevoke(new Wallet(system, 1), work)]);
  }

  get system(): System {
    if (this.#system === undefined) throw new Error('It was not started.');
    return this.#system;
  }

  get messages(): V2Load {
    if (this.#messages === undefined) throw new Error('It was not started.');
    return this.#messages;
  }

  /** What the reader is answered now. */
  search() {
    return this.system.fhir(APP, `/Observation?patient=${this.system.person(0).patient}`);
  }

  /** More is read, and more messages are taken, than now. */
  async progress(): Promise<void> {
    const [reads, taken] = [this.acknowledged.receipts.length, this.messages.acknowledged.size];
    await until('reads and messages go on', SOON_MS, () => {
      return this.acknowledged.receipts.length > reads + 5 && this.messages.acknowledged.size > taken + 2;
    });
  }

  /** How a message that is no part of the load is answered. */
  async probe(): Promise<string> {
    const { host, port } = this.#mllp;
    const client = await MllpClient.connect({ host, port });
    try {
      const text = Buffer.from(resultLetter(0).bytes).toString('latin1').replace('LOAD0', 'PROBE');
      const answer = Buffer.from(await client.send(Buffer.from(text, 'latin1'))).toString('latin1');
      return /MSA\|(\w\w)\|/.exec(answer)?.[1] ?? answer;
    } finally {
      await client.close();
    }
  }

  /** Uses up the segments of the write-ahead log that were kept for later; the next one finds no room. */
  async exhaustLog(): Promise<void> {
    const admin = new Client({
      connectionString: this.databaseUrl,
      connectionTimeoutMillis: STATEMENT_MS,
      query_timeout: STATEMENT_MS,
    });
    admin.on('error', () => undefined);
    try {
      await admin.connect();
      for (let segment = 0; segment < SEGMENTS; segment += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one segment after the other, until one fails
        await admin.query(`select pg_switch_wal(), pg_logical_emit_message(true, 'full', 'full')`);
      }
    } catch {
      // that is what was wanted; the end of a connection that broke is waited for by nobody
    }
    void admin.end().catch(() => undefined);
  }

  /** What was acknowledged and does not hold. */
  lost() {
    return lostOf(this.system, this.acknowledged);
  }

  /** Ends the load; resolves when what is on its way was answered. */
  async calm(): Promise<void> {
    this.#stop.abort();
    this.messages.stop();
    await this.#workers;
    await until('what is on its way is answered', SOON_MS, () => this.messages.waiting === 0);
  }

  /** `proviso audit` of the database: its code, and what it printed. */
  async audit() {
    return this.#outside?.audit(this.system);
  }

  async dispose(): Promise<void> {
    this.#stop.abort();
    this.#messages?.end();
    await this.#workers.catch(() => undefined);
    await this.#system?.dispose();
    await this.#outside?.dispose();
    this.databaseDisk.dispose();
    this.dataDisk.dispose();
  }

  get #mllp() {
    const { mllp } = this.system.ready;
    if (mllp === undefined) throw new Error('The system takes no messages.');
    return mllp;
  }
}
