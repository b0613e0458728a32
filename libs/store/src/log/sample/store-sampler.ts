import type { Pool } from 'pg';
import type { Policy } from '#provenance';
import { inSnapshot } from '../../resources/in-snapshot.js';
import type { RowMac } from '../../row-mac.js';
import { readHead } from '../head-row.js';
import { SqlKeyVault } from '../sql-key-vault.js';
import { newestRecords } from './newest-records.js';
import { inOrder, randomIndexes } from './random-rows.js';
import type { SampleFinding, Snapshot } from './sample-options.js';
import { sampleRecords } from './sample-records.js';
import { sampleRows } from './sample-rows.js';
import { sampleVersions } from './sample-versions.js';

/** Newest records whose numbers are looked at in each round. */
const NEWEST = 32n;

/** Whose database is sampled, and with what. */
export interface SamplerOptions {
  readonly pool: Pool;
  readonly tenant: string;
  readonly mac: RowMac;
  /** Root key of the vault, 32 bytes. */
  readonly rootKey: Uint8Array;
  readonly policy: Policy;
  /** Of [0, 1): which records are picked. */
  readonly random: () => number;
}

/**
 * Verifies a few rows of a database that is in use, by the functions of the audit. Each look is one snapshot, so that what
 * is written meanwhile is seen whole or not at all.
 */
export class StoreSampler {
  readonly #options: SamplerOptions;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** Verifies up to `count` versions, as many records, and as many rows of each table that carries MACs, at random. */
  async sample(count: number): Promise<readonly SampleFinding[]> {
    return this.#look(async (snapshot) => {
      const versions = await sampleVersions(snapshot, count);
      const random = randomIndexes(snapshot.head.size, count, snapshot.random);
      const records = await sampleRecords(snapshot, inOrder([...random, ...versions.records]));
      return [...versions.findings, ...records, ...(await sampleRows(snapshot, count))];
    });
  }

  /** Verifies the newest records and the numbers of gateways and persons in them. */
  async newest(): Promise<readonly SampleFinding[]> {
    return this.#look((snapshot) => newestRecords(snapshot, NEWEST));
  }

  /** One look. A log without head is the gate's and the head's watch's. */
  async #look(
    work: (snapshot: Snapshot) => Promise<readonly SampleFinding[]>,
  ): Promise<readonly SampleFinding[]> {
    const { pool, tenant, mac, rootKey, policy, random } = this.#options;
    return inSnapshot(pool, async (client) => {
      const head = await readHead(client, tenant);
      if (head === undefined) return [];
      const vault = new SqlKeyVault({ pool, tenant, rootKey });
      return work({ pool: client, tenant, mac, vault, policy, head, random });
    });
  }
}
