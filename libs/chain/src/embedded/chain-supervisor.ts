import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import { RpcError } from '../rpc-error.js';
import { anvilBinary } from './binary.js';
import { ensureGenesis } from './genesis.js';
import { endStrays, markNode, releaseFolder, takeFolder } from './orphan.js';
import { RunningNode } from './running-node.js';

/** Where messages of the embedded chain go; pino fits. */
export interface ChainLogger {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How an embedded chain is started. */
export interface ChainOptions {
  /** Its files lie in `chain/` below. */
  readonly dataDir: string;
  /** Accounts with coins, fixed at the first start. */
  readonly fund: readonly Hex[];
  readonly logger?: ChainLogger;
  readonly nowMs?: () => number;
  readonly snapshotEveryBlocks?: number;
  /** Path of the node's binary, in place of the one that the platform's package brings. */
  readonly binary?: string;
}

const SILENT: ChainLogger = { info: () => {}, error: () => {} };
const SNAPSHOT_EVERY_BLOCKS = 1_000;
const READY_TIMEOUT_MS = 10_000;
const MAX_RESTARTS = 5;
const RESTART_PAUSE_MS = 200;

/** The node that runs now, and its replacement when it ends by itself. */
export class ChainSupervisor {
  node: RunningNode;
  readonly chainId: number;
  readonly #logger: ChainLogger;
  readonly #marks: string;
  readonly #launch: () => Promise<RunningNode>;
  #restarting: Promise<void> | undefined;
  #closed = false;

  private constructor(
    launched: { readonly node: RunningNode; readonly launch: () => Promise<RunningNode> },
    at: { readonly chainId: number; readonly marks: string; readonly logger: ChainLogger },
  ) {
    this.node = launched.node;
    this.#launch = launched.launch;
    this.chainId = at.chainId;
    this.#marks = at.marks;
    this.#logger = at.logger;
    this.#watch();
  }

  static async open(options: ChainOptions): Promise<ChainSupervisor> {
    const folder = resolve(options.dataDir, 'chain');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const marks = join(folder, 'owner.json');
    await takeFolder(marks);
    try {
      return await ChainSupervisor.#launched(options, { folder, marks });
    } catch (error) {
      await releaseFolder(marks);
      throw error;
    }
  }

  static async #launched(
    options: ChainOptions,
    { folder, marks }: { readonly folder: string; readonly marks: string },
  ): Promise<ChainSupervisor> {
    const genesisPath = join(folder, 'genesis.json');
    const nowMs = options.nowMs ?? Date.now;
    await endStrays(genesisPath);
    const genesis = await ensureGenesis(genesisPath, options.fund, nowMs());
    const snapshotEveryBlocks = options.snapshotEveryBlocks ?? SNAPSHOT_EVERY_BLOCKS;
    const anvil = { binary: options.binary ?? anvilBinary(), genesisPath, genesis };
    const spawned = (pid: number): Promise<void> => markNode(marks, pid);
    const launch = (): Promise<RunningNode> =>
      RunningNode.launch({ folder, anvil, nowMs, snapshotEveryBlocks, spawned });
    const logger = options.logger ?? SILENT;
    const node = await launch();
    logger.info({ chainId: genesis.chainId, block: node.maker.tip.number }, 'the embedded chain runs');
    return new ChainSupervisor({ node, launch }, { chainId: genesis.chainId, marks, logger });
  }

  async forward(body: string): Promise<Buffer> {
    await this.#whenReady();
    return this.node.anvil.endpoint.post(body);
  }

  async make(raw: Hex): ReturnType<RunningNode['make']> {
    await this.#whenReady();
    try {
      return await this.node.make(raw);
    } catch (error) {
      // Whether the transaction was mined is not known: the journal decides, with a fresh node.
      if (!(error instanceof RpcError && error.fault.kind === 'answer')) this.node.anvil.kill();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#restarting?.catch(() => {});
    await this.node.close();
    await releaseFolder(this.#marks);
  }

  async #whenReady(): Promise<void> {
    if (this.#restarting === undefined) return;
    const late = delay(READY_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new GatewayError('overloaded', { details: 'the embedded chain is starting' });
    });
    await Promise.race([this.#restarting, late]);
  }

  #watch(): void {
    void this.node.anvil.ended.then(() => this.#replace());
  }

  async #replace(): Promise<void> {
    if (this.#closed) return;
    try {
      this.#restarting = this.#restart();
      await this.#restarting;
      this.#restarting = undefined;
    } catch (error) {
      // Requests go on to meet this error: the chain is down until somebody looks.
      this.#logger.error({ err: error }, 'the embedded chain does not start again');
    }
  }

  async #restart(): Promise<void> {
    this.#logger.error(
      { block: this.node.maker.tip.number },
      'the embedded chain node ended; starting it again',
    );
    await this.node.abandon();
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.node = await this.#launch();
        return this.#watch();
      } catch (error) {
        if (attempt === MAX_RESTARTS || this.#closed) throw error;
        await delay(RESTART_PAUSE_MS * attempt);
      }
    }
  }
}
