import {
  applyChanges,
  type ChangeItem,
  prepareDeletion,
  prepareVersion,
  type ResourceStore,
  type RowChange,
  RowMac,
  SqlProjectionStore,
  SqlResourceStore,
  SqlRuleStore,
  type VersionWrite,
} from '#store';
import type { Parts } from '../../apps/gateway/src/parts.js';
import { inTransaction } from '../../libs/store/src/log/transaction.js';
import { MemoryKeyedWriteStore } from '../../libs/store/src/testing/memory-keyed-write-store.js';
import type { TestDatabase } from '../../libs/store/src/testing/test-database.js';
import { principalOfToken } from './callers.js';
import { CONTRACT, filingOf, type GrantInput, idsOf, type WordEvent, wordOf, ZERO } from './grants.js';
import { httpOf } from './http.js';
import { type Input, NOW_MS, recordIdOf, seededUuid, versionIdOf } from './inputs.js';
import { type Given, partsOf } from './parts-of.js';
import { madeWith } from './provenance.js';
import { WatchedLog } from './watched-log.js';

/** A whole query path in one process: a database of its own, everything in it put there by the writers of the product. */
export class System {
  readonly database: TestDatabase;
  readonly context = { tenant: 'default', mac: new RowMac(new Uint8Array(32).fill(9)) };
  readonly log = new WatchedLog((items) =>
    this.#commit(items.map(({ record, writes }) => ({ recordId: record.op.id, writes }))),
  );
  readonly incidents: string[] = [];
  /** Epoch milliseconds: the gateway's clock. */
  nowMs = NOW_MS;
  readonly projection: SqlProjectionStore;
  readonly #given: Given;
  parts: Parts;
  readonly http: ReturnType<typeof httpOf>;
  /** In memory like the log, of whose entries keys tell. */
  readonly #keyed = new MemoryKeyedWriteStore();
  readonly #newest = new Map<string, VersionWrite>();
  readonly #grants = new Map<string, GrantInput>();
  #block = 0;

  private constructor(database: TestDatabase) {
    this.database = database;
    const clock = () => this.nowMs;
    this.projection = new SqlProjectionStore(database.pool, this.context, clock);
    this.#given = {
      clock,
      authenticate: async (authorization) => principalOfToken(authorization, this.nowMs),
      resources: new SqlResourceStore({
        ...this.context,
        pool: database.pool,
        cursorKey: new Uint8Array(32).fill(3),
        clock,
      }),
      rules: new SqlRuleStore(database.pool, this.context),
      log: this.log,
      keyedWrites: this.#keyed,
      projection: () => this.projection.state(),
      incident: (kind) => this.incidents.push(kind),
    };
    this.parts = partsOf(this.#given);
    this.http = httpOf(() => this.parts);
  }

  static async open(database: TestDatabase, inputs: readonly Input[]): Promise<System> {
    const system = new System(database);
    const key = { chainId: '7', genesisHash: ZERO, contract: CONTRACT, codeHash: ZERO };
    await system.projection.begin(key, { ...blockAt(0), parentHash: ZERO });
    await system.replay(inputs);
    await system.projection.contact(NOW_MS);
    return system;
  }

  /** Tells the planner of the tables; without it a search among many takes a hundred times as long. */
  async settle(): Promise<void> {
    await this.database.admin('analyze');
  }

  /** Answers from another store from now on: for tests that come between. */
  answerFrom(resources: ResourceStore): void {
    this.parts = partsOf({ ...this.#given, resources });
  }

  async close(): Promise<void> {
    await this.http.close();
    await this.database.close();
  }

  /** Takes inputs in, in order; neighbours of one kind as one record. */
  async replay(inputs: readonly Input[]): Promise<void> {
    for (let at = 0; at < inputs.length;) {
      const kind = inputs[at]?.kind;
      const end = inputs.findIndex((input, place) => place > at && input.kind !== kind);
      const run = inputs.slice(at, end === -1 ? inputs.length : end);
      await this.#take(run);
      at += run.length;
    }
  }

  async apply(writes: readonly RowChange[]): Promise<void> {
    const recordId = recordIdOf(`${String(this.#block)} ${String(this.#newest.size)}`);
    await this.#commit([{ recordId, writes }]);
  }

  async #commit(items: readonly ChangeItem[]): Promise<void> {
    const own = items.map((item) => ({ ...item, writes: item.writes.filter((one) => !isKeyed(one)) }));
    await inTransaction(this.database.pool, (client) => applyChanges(client, this.context, own));
    for (const { recordId, writes } of items) this.#keyed.apply(writes, recordId);
  }

  async #take(run: readonly Input[]): Promise<void> {
    // One at a time within a record, so that a version can follow the one before.
    await this.apply(run.flatMap((input) => this.#changeOf(input)));
    const events = run.flatMap((input) => this.#eventOf(input));
    if (events.length > 0) await this.#mine(events);
  }

  #changeOf(input: Input): readonly RowChange[] {
    const { key, atMs } = input;
    switch (input.kind) {
      case 'resource':
        return this.#versionsOf(
          prepareVersion(input.resource, { ...this.#at(key, atMs), source: input.source ?? 'north' }),
          key,
        );
      case 'deletion': {
        const before = this.#newest.get(input.of);
        if (before === undefined) throw new Error(`${key} deletes what is not there`);
        return this.#versionsOf(prepareDeletion(before, this.#at(key, atMs)), key);
      }
      case 'link':
        return [
          { kind: 'link', patient: input.patient, person: seededUuid(input.person), grade: 'certain', atMs },
        ];
      case 'unlink':
        return [{ kind: 'unlink', patient: input.patient, atMs }];
      case 'grant':
        this.#grants.set(key, input);
        return [filingOf(input)];
      case 'revoke':
        return input.how === 'chain'
          ? []
          : [{ kind: 'latch', ...idsOf(input.grant), latch: 'revoked', version: 1, atMs }];
      default:
        return input satisfies never;
    }
  }

  /** A version and, as the intake would write it, its Provenance. */
  #versionsOf(version: VersionWrite, key: string): readonly RowChange[] {
    this.#newest.set(`${version.type}/${version.id}`, version);
    const own: RowChange = { kind: 'version', version };
    return version.patients.length === 0
      ? [own]
      : [own, { kind: 'version', version: madeWith(version, key) }];
  }

  #at(key: string, atMs: number) {
    return { source: 'north', versionId: versionIdOf(key), lastUpdatedMs: atMs };
  }

  #eventOf(input: Input): readonly WordEvent[] {
    if (input.kind === 'grant') return input.onChain ? [wordOf(input, input.key, input.effect)] : [];
    if (input.kind !== 'revoke' || input.how !== 'chain') return [];
    const grant = this.#grants.get(input.grant);
    return grant === undefined ? [] : [wordOf(grant, input.grant, 'revoked')];
  }

  async #mine(events: readonly WordEvent[]): Promise<void> {
    this.#block += 1;
    const block = {
      ...blockAt(this.#block),
      parentHash: blockAt(this.#block - 1).hash,
      events: events.map((event, logIndex) => ({ ...event, logIndex })),
    };
    await this.projection.apply([block], NOW_MS);
    await this.projection.confirm(block.number);
  }
}

function blockAt(n: number): { number: bigint; hash: typeof ZERO; time: number } {
  return { number: BigInt(n), hash: `0x${n.toString(16).padStart(64, '0')}`, time: NOW_MS / 1000 - 1000 + n };
}

function isKeyed({ kind }: RowChange): boolean {
  return kind === 'keyed-write' || kind === 'keyed-write-end';
}
