import { join } from 'node:path';
import type { Hex } from '#consent';
import { asHex } from '../hex.js';
import { RpcError } from '../rpc-error.js';
import { AnvilProcess, type AnvilOptions } from './anvil-process.js';
import { BlockMaker, type MadeBlock } from './block-maker.js';
import { Journal, type JournalContent } from './journal.js';
import { fits, loadSnapshot, replay } from './restore.js';
import { readSnapshot, writeSnapshot, type Snapshot } from './snapshot.js';

/** What a node is launched with. */
export interface LaunchOptions {
  readonly folder: string;
  readonly anvil: AnvilOptions;
  readonly nowMs: () => number;
  readonly snapshotEveryBlocks: number;
  readonly spawned: (pid: number) => Promise<void>;
}

const DUMP_TIMEOUT_MS = 60_000;

/** A node that holds what the journal holds, and the journal that it goes on writing. */
export class RunningNode {
  readonly anvil: AnvilProcess;
  readonly maker: BlockMaker;
  readonly #journal: Journal;
  readonly #snapshotPath: string;
  readonly #snapshotEveryBlocks: number;
  #snapshotAt: number;

  private constructor(
    parts: { readonly anvil: AnvilProcess; readonly maker: BlockMaker; readonly journal: Journal },
    snapshotPath: string,
    snapshots: { readonly everyBlocks: number; readonly at: number },
  ) {
    this.anvil = parts.anvil;
    this.maker = parts.maker;
    this.#journal = parts.journal;
    this.#snapshotPath = snapshotPath;
    this.#snapshotEveryBlocks = snapshots.everyBlocks;
    this.#snapshotAt = snapshots.at;
  }

  /** Opens the journal and starts a node that is as the journal says. Throws `integrity-failure` where it cannot be. */
  static async launch(options: LaunchOptions): Promise<RunningNode> {
    const { journal, content } = await Journal.open(join(options.folder, 'journal.ndjson'));
    const snapshotPath = join(options.folder, 'snapshot.json');
    let anvil: AnvilProcess | undefined;
    try {
      const restored = await restore(options, content, snapshotPath);
      anvil = restored.anvil;
      const last = content.blocks.at(-1);
      const tip = {
        number: last?.number ?? 0,
        hash: last?.hash,
        time: last?.time ?? options.anvil.genesis.time,
      };
      const maker = new BlockMaker(journal, anvil.endpoint, { tip, nowMs: options.nowMs });
      const snapshots = { everyBlocks: options.snapshotEveryBlocks, at: restored.snapshotAt };
      const node = new RunningNode({ anvil, maker, journal }, snapshotPath, snapshots);
      if (content.pending !== undefined) await node.#settle(content.pending);
      return node;
    } catch (error) {
      await anvil?.stop();
      await journal.close();
      throw error;
    }
  }

  /** Mines a transaction, durably; now and then a snapshot follows. */
  async make(raw: Hex): Promise<MadeBlock> {
    const made = await this.maker.make(raw);
    if (this.maker.tip.number - this.#snapshotAt >= this.#snapshotEveryBlocks) {
      this.#snapshotAt = this.maker.tip.number;
      this.#writeSnapshot().catch(() => {
        // The journal has everything; the next snapshot comes with the next interval.
      });
    }
    return made;
  }

  /** After the node ended by itself. */
  async abandon(): Promise<void> {
    await this.maker.exclusive(async () => {});
    await this.#journal.close();
  }

  async close(): Promise<void> {
    if (this.maker.tip.number > this.#snapshotAt) await this.#writeSnapshot().catch(() => {});
    await this.maker.exclusive(() => this.anvil.stop());
    await this.#journal.close();
  }

  /** A transaction was written before a crash, and whether it was mined is not known: nobody was told that it was. */
  async #settle(raw: Hex): Promise<void> {
    try {
      await this.maker.make(raw);
    } catch (error) {
      if (!(error instanceof RpcError) || error.fault.kind !== 'answer') throw error;
    }
  }

  #writeSnapshot(): Promise<void> {
    return this.maker.exclusive(async () => {
      const { endpoint } = this.anvil;
      const state = asHex(await endpoint.call('anvil_dumpState', [], { timeoutMs: DUMP_TIMEOUT_MS }));
      const { number, hash } = this.maker.tip;
      if (hash !== undefined) await writeSnapshot(this.#snapshotPath, { number, hash, state });
    });
  }
}

async function restore(
  options: LaunchOptions,
  content: JournalContent,
  snapshotPath: string,
): Promise<{ readonly anvil: AnvilProcess; readonly snapshotAt: number }> {
  const snapshot = await readSnapshot(snapshotPath);
  const usable = snapshot !== undefined && fits(snapshot, content.blocks) ? snapshot : undefined;
  const loaded = usable === undefined ? undefined : await startFrom(options, usable);
  const anvil = loaded ?? (await AnvilProcess.start(options.anvil, options.spawned));
  const snapshotAt = loaded === undefined ? 0 : (usable?.number ?? 0);
  try {
    await replay(anvil.endpoint, content.blocks.slice(snapshotAt));
  } catch (error) {
    await anvil.stop();
    throw error;
  }
  return { anvil, snapshotAt };
}

async function startFrom(options: LaunchOptions, snapshot: Snapshot): Promise<AnvilProcess | undefined> {
  const anvil = await AnvilProcess.start(options.anvil, options.spawned);
  if (await loadSnapshot(anvil.endpoint, snapshot)) return anvil;
  await anvil.stop();
  return undefined;
}
