import { randomBytes, randomUUID } from 'node:crypto';
import {
  buildGrantConsent,
  commitmentOf,
  decide,
  encodeGrantWord,
  parseConsent,
  termsOf,
  type GrantWish,
  type Hex,
  type ScopeTerm,
  type ServePermit,
} from '#consent';
import { uuidv7, type JsonObject } from '#digest';
import { applyChanges } from '../apply/apply-changes.js';
import type { RowChange, VersionWrite } from '../change.js';
import { inTransaction } from '../log/transaction.js';
import { prepareVersion } from '../prepare-version.js';
import { SqlProjectionStore } from '../projection/sql-projection-store.js';
import { SqlResourceStore } from '../resources/sql-resource-store.js';
import { RowMac } from '../row-mac.js';
import { makeVersionId } from '../version-id.js';
import type { TestDatabase } from './test-database.js';

/** The time at which everything happens. */
export const NOW_MS = Date.UTC(2026, 5, 1, 12);
const GENESIS: Hex = `0x${'1'.repeat(64)}`;
const CONTRACT: Hex = `0x${'c'.repeat(40)}`;

/** A grant that was filed. */
export interface WorldGrant {
  readonly consent: string;
  readonly subject: Hex;
  readonly grantId: Hex;
  readonly commitment: Hex;
  readonly kind: 'permit' | 'deny';
}

/** Patients, resources and grants in a database, made by the very writers that the gateway uses. */
export class StoreWorld {
  readonly database: TestDatabase;
  readonly context = { tenant: 'default', mac: new RowMac(new Uint8Array(32).fill(9)) };
  readonly projection: SqlProjectionStore;
  readonly store: SqlResourceStore;
  readonly persons = new Map<string, string>();
  #block = 0;

  private constructor(database: TestDatabase) {
    this.database = database;
    this.projection = new SqlProjectionStore(database.pool, this.context, () => NOW_MS);
    this.store = new SqlResourceStore({
      ...this.context,
      pool: database.pool,
      cursorKey: new Uint8Array(32).fill(3),
      clock: () => NOW_MS,
    });
  }

  static async open(database: TestDatabase): Promise<StoreWorld> {
    const world = new StoreWorld(database);
    const key = { chainId: '7', genesisHash: GENESIS, contract: CONTRACT, codeHash: GENESIS };
    await world.projection.begin(key, { ...blockAt(0), parentHash: GENESIS });
    return world;
  }

  /** Applies changes as one record would. */
  async apply(writes: readonly RowChange[]): Promise<void> {
    const recordId = uuidv7(NOW_MS, randomBytes(10));
    await inTransaction(this.database.pool, (client) =>
      applyChanges(client, this.context, [{ recordId, writes }]),
    );
  }

  /** A Patient with a person of her own. */
  async addPatient(id: string): Promise<void> {
    const person = this.persons.get(id) ?? randomUUID();
    this.persons.set(id, person);
    await this.put({ resourceType: 'Patient', id, name: [{ family: `Family ${id}` }] });
    await this.apply([{ kind: 'link', patient: id, person, grade: 'certain', atMs: NOW_MS }]);
  }

  async put(...resources: readonly JsonObject[]): Promise<readonly VersionWrite[]> {
    const versions = resources.map((resource) =>
      prepareVersion(resource, {
        source: 'north',
        versionId: makeVersionId((bytes) => randomBytes(bytes)),
        lastUpdatedMs: NOW_MS,
      }),
    );
    await this.apply(versions.map((version) => ({ kind: 'version', version })));
    return versions;
  }

  /** Files a Consent and, unless told otherwise, brings its word on chain and confirms it. */
  async grant(
    wish: Partial<GrantWish> & { patient: string },
    options = { onChain: true },
  ): Promise<WorldGrant> {
    const full = {
      client: 'app',
      effect: 'permit',
      classes: null,
      purposes: null,
      fromMs: -Infinity,
      toMs: Infinity,
      atMs: NOW_MS,
      ...wish,
    } as const;
    const bytes = buildGrantConsent(full);
    const terms = termsOf(parseConsent(bytes), `client:${full.client}`, randomHex());
    const grant = {
      consent: randomUUID(),
      subject: randomHex(),
      grantId: randomHex(),
      commitment: commitmentOf(terms),
      kind: full.effect,
    };
    const person = this.persons.get(full.patient) ?? randomUUID();
    await this.apply([
      {
        kind: 'filing',
        filing: {
          ...grant,
          person,
          patient: full.patient,
          chainId: '7',
          contract: CONTRACT,
          version: 1,
          bytes,
          terms,
          binding: randomUUID(),
        },
      },
    ]);
    if (options.onChain) {
      await this.bringOnChain(grant);
    }
    return grant;
  }

  /** The grant's word in a new block, confirmed at once. */
  async bringOnChain(grant: WorldGrant, kind: 'permit' | 'deny' | 'revoked' = grant.kind): Promise<void> {
    this.#block += 1;
    const commitmentLow = BigInt(grant.commitment) & ((1n << 128n) - 1n);
    const state = encodeGrantWord({ kind, from: 0, to: 0, epoch: 0, version: 1, commitmentLow });
    const { subject, grantId, commitment } = grant;
    const event = {
      kind: 'consent',
      subject,
      grantId,
      commitment,
      state,
      by: GENESIS,
      logIndex: 0,
      transaction: GENESIS,
    } as const;
    const block = { ...blockAt(this.#block), parentHash: blockAt(this.#block - 1).hash, events: [event] };
    await this.projection.apply([block], NOW_MS);
    await this.projection.confirm(block.number);
  }

  /** A permit for a client that may read the types, or the scope terms. */
  async permit(
    client: string,
    scopes: readonly (string | ScopeTerm)[],
    purpose = 'TREAT',
  ): Promise<ServePermit> {
    const decision = decide({
      asker: {
        tenant: 'default',
        client,
        user: undefined,
        organization: undefined,
        roles: [],
        purpose,
        expiresMs: NOW_MS + 60_000,
      },
      interaction: { kind: 'read', types: [], patients: [] },
      scopes: scopes.map((scope) => (typeof scope === 'string' ? { type: scope, criteria: [] } : scope)),
      ruleSets: new Map(),
      chain: { state: await this.projection.state(), ageBy: 'contact', staleMs: Infinity },
      times: { clockMs: NOW_MS, blockTimeS: undefined, lastSealedMs: undefined, blockLagMs: undefined },
    });
    if (decision.kind !== 'permit') {
      throw new Error(decision.code);
    }
    return decision.permit;
  }
}

function randomHex(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}

function blockAt(n: number): { number: bigint; hash: Hex; time: number } {
  return { number: BigInt(n), hash: `0x${n.toString(16).padStart(64, '0')}`, time: NOW_MS / 1000 + n };
}
