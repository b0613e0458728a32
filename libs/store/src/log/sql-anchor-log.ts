import type { Pool } from 'pg';
import { z } from 'zod';
import type { JsonValue } from '#digest';
import { writeJson } from '#digest';
import { GatewayError } from '#outcome';
import type { AnchorState, TreeHead } from '#provenance';

/** Where a log is anchored. */
export interface AnchorPlace {
  readonly chainId: string;
  readonly contract: string;
  /** Id of the log in the contract. */
  readonly logId: string;
}

/** An anchor of the log, at any state. */
export interface AnchorRecord extends AnchorPlace {
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly state: AnchorState['kind'];
  readonly transaction: string | undefined;
  readonly block: bigint | undefined;
  readonly blockHash: string | undefined;
  /** Header, receipts and storage proofs as collected; for the receipts of records. */
  readonly evidence: unknown;
  /** Epoch milliseconds. */
  readonly createdMs: number;
}

/** From which states each may follow. Repeating a state changes its details: a resubmission has another transaction. */
const AFTER: Readonly<Record<AnchorState['kind'], readonly AnchorState['kind'][]>> = {
  prepared: ['prepared'],
  submitted: ['prepared', 'submitted', 'reorged'],
  included: ['prepared', 'submitted', 'included', 'reorged'],
  final: ['prepared', 'submitted', 'included', 'final', 'reorged'],
  reorged: ['submitted', 'included', 'reorged'],
};

const Row = z.object({
  size: z.bigint(),
  root: z.instanceof(Uint8Array),
  chain_id: z.string(),
  contract: z.string(),
  log_id: z.string(),
  state: z.enum(['prepared', 'submitted', 'included', 'final', 'reorged']),
  transaction_hash: z.string().nullable(),
  block_number: z.bigint().nullable(),
  block_hash: z.string().nullable(),
  evidence: z.unknown(),
  created: z.number(),
});

const COLUMNS =
  'size, root, chain_id, contract, log_id, state, transaction_hash, block_number, block_hash, evidence, created';

/** What became of each head that was to be anchored. */
export class SqlAnchorLog {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #now: () => number;

  constructor(pool: Pool, tenant: string, now: () => number = Date.now) {
    this.#pool = pool;
    this.#tenant = tenant;
    this.#now = now;
  }

  /**
   * Notes a head before it is submitted. The same head again changes nothing.
   * @throws GatewayError `version-conflict` where another root was noted for the size
   */
  async prepare(head: Pick<TreeHead, 'size' | 'root'>, place: AnchorPlace): Promise<AnchorRecord> {
    await this.#pool.query(
      `insert into log_anchor (tenant, size, root, chain_id, contract, log_id, state, created)
       values ($1, $2, $3, $4, $5, $6, 'prepared', $7) on conflict do nothing`,
      [this.#tenant, head.size, head.root, place.chainId, place.contract, place.logId, new Date(this.#now())],
    );
    const stored = await this.at(head.size);
    if (stored === undefined || Buffer.compare(stored.root, head.root) !== 0) {
      throw new GatewayError('version-conflict', { details: `anchor/${head.size}` });
    }
    return stored;
  }

  /**
   * Moves an anchor on.
   * @param evidence kept where given; what was kept before stays otherwise
   * @throws GatewayError `version-conflict` where the state cannot follow the stored one
   */
  async advance(state: AnchorState, evidence?: JsonValue): Promise<void> {
    const included = state.kind === 'included' || state.kind === 'final' ? state : undefined;
    const transaction = 'transaction' in state ? state.transaction : null;
    const { rowCount } = await this.#pool.query(
      `update log_anchor set state = $3, transaction_hash = $4, block_number = $5, block_hash = $6,
         evidence = coalesce($7::jsonb, evidence)
       where tenant = $1 and size = $2 and state = any($8)`,
      [
        this.#tenant,
        state.size,
        state.kind,
        transaction,
        included?.block ?? null,
        included?.blockHash ?? null,
        evidence === undefined ? null : writeJson(evidence),
        AFTER[state.kind],
      ],
    );
    if (rowCount !== 1) throw new GatewayError('version-conflict', { details: `anchor/${state.size}` });
  }

  /** The anchor of a size. */
  async at(size: bigint): Promise<AnchorRecord | undefined> {
    return (await this.#select('and size = $2', [size]))[0];
  }

  /** Anchors that are neither final nor given up, oldest first: what a restarted process takes up. */
  open(): Promise<readonly AnchorRecord[]> {
    return this.#select(`and state <> 'final' order by size limit 1000`, []);
  }

  /** Every head that a chain holds, smallest first. */
  held(): Promise<readonly AnchorRecord[]> {
    return this.#select(`and state in ('included', 'final') order by size`, []);
  }

  /** The largest head that a chain holds. */
  async newest(): Promise<AnchorRecord | undefined> {
    const found = await this.#select(`and state in ('included', 'final') order by size desc limit 1`, []);
    return found[0];
  }

  /** The largest head at a place that counts as final. */
  async newestFinal({ chainId, contract, logId }: AnchorPlace): Promise<AnchorRecord | undefined> {
    const found = await this.#select(
      `and state = 'final' and chain_id = $2 and contract = $3 and log_id = $4 order by size desc limit 1`,
      [chainId, contract, logId],
    );
    return found[0];
  }

  /** The first anchors that cover record `index`, one per place; final ones before those that are merely included. */
  async covering(index: bigint): Promise<readonly AnchorRecord[]> {
    const found = await this.#select(
      `and size > $2 and state in ('included', 'final') order by (state = 'final') desc, size limit 100`,
      [index],
    );
    const places = new Set<string>();
    return found.filter(({ chainId, contract, logId }) => {
      const place = JSON.stringify([chainId, contract, logId]);
      const first = !places.has(place);
      places.add(place);
      return first;
    });
  }

  async #select(where: string, values: readonly unknown[]): Promise<readonly AnchorRecord[]> {
    const { rows } = await this.#pool.query(`select ${COLUMNS} from log_anchor where tenant = $1 ${where}`, [
      this.#tenant,
      ...values,
    ]);
    return z
      .array(Row)
      .parse(rows)
      .map((row) => ({
        size: row.size,
        root: row.root,
        chainId: row.chain_id,
        contract: row.contract,
        logId: row.log_id,
        state: row.state,
        transaction: row.transaction_hash ?? undefined,
        block: row.block_number ?? undefined,
        blockHash: row.block_hash ?? undefined,
        evidence: row.evidence ?? undefined,
        createdMs: row.created,
      }));
  }
}
