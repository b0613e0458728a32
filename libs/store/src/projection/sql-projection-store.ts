import type { ClientBase, Pool } from 'pg';
import type { BlockEvents, GrantOp, Hex, ProjectionState, ProjectionStore, RegistryKey } from '#consent';
import { GatewayError } from '#outcome';
import type { ApplyContext } from '../apply/apply-context.js';
import { applyLatches } from '../apply/latches.js';
import { bumpPersons } from '../apply/persons.js';
import { inTransaction } from '../log/transaction.js';
import { applyBlocks } from './apply-blocks.js';
import { sampleWords } from './chain-row.js';
import {
  beginCheckpoint,
  confirmBlocks,
  lockCheckpoint,
  moveCheckpoint,
  nextPosition,
  readCheckpoint,
  touchContact,
  type Checkpoint,
} from './checkpoint.js';
import { forgetBlocks, keptBlock, undoBlocksAbove } from './kept-blocks.js';
import { restand } from './restand.js';

/** The projection of the consent registry in Postgres; every change is one transaction that holds the checkpoint. */
export class SqlProjectionStore implements ProjectionStore {
  readonly #pool: Pool;
  readonly #context: ApplyContext;
  readonly #clock: () => number;

  /** @param clock epoch milliseconds, for the time at which a signed revocation was seen */
  constructor(pool: Pool, context: ApplyContext, clock: () => number) {
    this.#pool = pool;
    this.#context = context;
    this.#clock = clock;
  }

  async state(): Promise<ProjectionState | undefined> {
    const row = await readCheckpoint(this.#pool, this.#context.tenant);
    return row === undefined
      ? undefined
      : {
          at: { number: row.block_number, hash: row.block_hash, position: row.position },
          blockTime: Number(row.block_time),
          contactMs: row.contact,
        };
  }

  async key(): Promise<RegistryKey | undefined> {
    const row = await readCheckpoint(this.#pool, this.#context.tenant);
    return row === undefined ? undefined : keyOf(row);
  }

  async begin(key: RegistryKey, block: Omit<BlockEvents, 'events'>): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      if (await beginCheckpoint(client, this.#context.tenant, key, block)) {
        await applyBlocks(client, this.#context, [{ ...block, events: [] }], 1n);
        return;
      }
      const row = await readCheckpoint(client, this.#context.tenant);
      if (row === undefined || JSON.stringify(keyOf(row)) !== JSON.stringify(orderedKey(key))) {
        throw new GatewayError('version-conflict', { details: 'The projection follows another registry.' });
      }
    });
  }

  async hashAt(number: bigint): Promise<Hex | undefined> {
    return (await keptBlock(this.#pool, this.#context.tenant, number))?.hash;
  }

  async apply(blocks: readonly BlockEvents[], contactMs: number): Promise<void> {
    const last = blocks.at(-1);
    if (last === undefined) {
      return this.contact(contactMs);
    }
    const { tenant } = this.#context;
    await this.#change(
      async (client, { block_number: number, block_hash: hash, confirmed, position: before }) => {
        requireChain({ number, hash }, blocks);
        // Empty blocks change no standing, and take no position.
        const isEmpty = blocks.every(({ events }) => events.length === 0);
        const position = isEmpty ? before : await nextPosition(client, tenant);
        const subjects = await applyBlocks(client, this.#context, blocks, position);
        await moveCheckpoint(client, tenant, { ...last, time: BigInt(last.time), confirmed });
        await touchContact(client, tenant, contactMs);
        await forgetBlocks(client, tenant, last.number);
        return restand(client, this.#context, subjects, { confirmed, position });
      },
    );
  }

  async undo(toNumber: bigint): Promise<void> {
    const { tenant } = this.#context;
    await this.#change(async (client, checkpoint) => {
      const target = await keptBlock(client, tenant, toNumber);
      if (target === undefined) {
        throw new GatewayError('version-conflict', { details: `Block ${toNumber} is not kept.` });
      }
      const subjects = await undoBlocksAbove(client, tenant, toNumber);
      const confirmed = checkpoint.confirmed < toNumber ? checkpoint.confirmed : toNumber;
      await moveCheckpoint(client, tenant, { number: toNumber, ...target, confirmed });
      const position = await nextPosition(client, tenant);
      return restand(client, this.#context, subjects, { confirmed, position });
    });
  }

  async confirm(number: bigint): Promise<void> {
    const { tenant } = this.#context;
    await this.#change(async (client, { confirmed }) => {
      const subjects = number > confirmed ? await confirmBlocks(client, tenant, confirmed, number) : [];
      if (subjects.length === 0) {
        return [];
      }
      const position = await nextPosition(client, tenant);
      return restand(client, this.#context, subjects, { confirmed: number, position });
    });
  }

  async contact(atMs: number): Promise<void> {
    await touchContact(this.#pool, this.#context.tenant, atMs);
  }

  async latch(subject: Hex, ops: readonly GrantOp[], recordId: string): Promise<void> {
    const changes = ops.flatMap(({ grantId, kind, version }) => {
      const latch = kind === 3 ? ('revoked' as const) : ('deny' as const);
      return kind === 1 ? [] : [{ subject, grantId, latch, version, atMs: this.#clock(), recordId }];
    });
    await inTransaction(this.#pool, async (client) => {
      await bumpPersons(client, this.#context, await applyLatches(client, this.#context, changes));
    });
  }

  async sample(
    limit: number,
  ): Promise<readonly { readonly subject: Hex; readonly grantId: Hex; readonly word: bigint }[]> {
    const words = await sampleWords(this.#pool, this.#context.tenant, limit);
    return words.map(({ subject, grant_id, word }) => ({ subject, grantId: grant_id, word }));
  }

  /** Runs a change that holds the checkpoint, and tells whose rules changed. */
  async #change(
    work: (client: ClientBase, checkpoint: Checkpoint) => Promise<readonly string[]>,
  ): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      const checkpoint = await lockCheckpoint(client, this.#context.tenant);
      if (checkpoint === undefined) {
        throw new GatewayError('version-conflict', { details: 'The projection has not begun.' });
      }
      await bumpPersons(client, this.#context, await work(client, checkpoint));
    });
  }
}

function keyOf(row: Checkpoint): RegistryKey {
  return orderedKey({
    chainId: row.chain_id,
    genesisHash: row.genesis_hash,
    contract: row.contract,
    codeHash: row.code_hash,
  });
}

function orderedKey({ chainId, genesisHash, contract, codeHash }: RegistryKey): RegistryKey {
  return { chainId, genesisHash, contract, codeHash };
}

function requireChain(
  checkpoint: { readonly number: bigint; readonly hash: Hex },
  blocks: readonly BlockEvents[],
): void {
  let parent = checkpoint;
  for (const block of blocks) {
    if (block.number !== parent.number + 1n || block.parentHash !== parent.hash) {
      throw new GatewayError('version-conflict', {
        details: `Block ${block.number} does not follow the checkpoint.`,
      });
    }
    parent = block;
  }
}
