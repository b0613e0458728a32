import type { BlockEvents, Hex, RegistryEvent } from '#consent';
import { decodeRegistryEvent, REGISTRY_TOPICS } from './events.js';
import type { ChainLog, Header, Node } from './node.js';
import { RpcError } from './rpc-error.js';

/** Blocks in order, each with the registry's events; empty where there is none above. */
export interface BlockSource {
  /** The block after `number`, with its events bound to its hash; `undefined` where there is none yet. */
  next(number: bigint): Promise<BlockEvents | undefined>;
  /** Blocks after `number` up to `until`, as many as one call gives; for blocks that cannot be reorganised any more. */
  range(number: bigint, until: bigint): Promise<readonly BlockEvents[]>;
}

/** How far one call for logs reaches. */
export interface ReadLimits {
  /** Aim of events per call; halved above twice of it, doubled below two fifths. */
  readonly targetEvents: number;
  readonly maxBlocks: number;
  readonly slowMs: number;
}

/** 5,000 events a call and at most a second keep replies at a few megabytes. */
export const READ_LIMITS: ReadLimits = { targetEvents: 5_000, maxBlocks: 2_000, slowMs: 1_000 };

const FIRST_BLOCKS = 100;
const PARALLEL_HEADERS = 16;

/** Reads a registry's events from a node: near the tip by block hash, further away by ranges that adapt. */
export class BlockReader implements BlockSource {
  readonly #node: Node;
  readonly #contract: Hex;
  readonly #limits: ReadLimits;
  readonly #nowMs: () => number;
  #blocks = FIRST_BLOCKS;

  constructor(
    node: Node,
    contract: Hex,
    options: { readonly limits?: ReadLimits; readonly nowMs: () => number },
  ) {
    this.#node = node;
    this.#contract = contract;
    this.#limits = options.limits ?? READ_LIMITS;
    this.#nowMs = options.nowMs;
  }

  async next(number: bigint): Promise<BlockEvents | undefined> {
    const header = await this.#node.header(number + 1n);
    if (header === undefined) return undefined;
    const logs = await this.#node.logs(this.#contract, [REGISTRY_TOPICS], { blockHash: header.hash });
    return { ...header, events: decode(logs) };
  }

  async range(number: bigint, until: bigint): Promise<readonly BlockEvents[]> {
    for (;;) {
      const blocks = BigInt(Math.min(this.#blocks, Number(until - number)));
      const started = this.#nowMs();
      try {
        const read = await this.#read(number + 1n, number + blocks);
        this.#adapt(read.events, this.#nowMs() - started);
        return read.blocks;
      } catch (error) {
        if (!(error instanceof RpcError) || this.#blocks === 1) throw error;
        this.#blocks = Math.max(1, Math.floor(this.#blocks / 2));
      }
    }
  }

  async #read(
    from: bigint,
    to: bigint,
  ): Promise<{ readonly blocks: readonly BlockEvents[]; readonly events: number }> {
    const logs = await this.#node.logs(this.#contract, [REGISTRY_TOPICS], { from, to });
    const headers = await this.#headers(from, to);
    return { blocks: join(headers, logs), events: logs.length };
  }

  async #headers(from: bigint, to: bigint): Promise<readonly Header[]> {
    const headers: Header[] = [];
    for (let at = from; at <= to; at += BigInt(PARALLEL_HEADERS)) {
      const count = Math.min(PARALLEL_HEADERS, Number(to - at) + 1);
      const batch = Array.from({ length: count }, (_, index) => this.#node.header(at + BigInt(index)));
      for (const header of await Promise.all(batch)) {
        if (header === undefined) throw new RpcError({ kind: 'malformed' });
        headers.push(header);
      }
    }
    return headers;
  }

  #adapt(events: number, elapsedMs: number): void {
    const { targetEvents, maxBlocks, slowMs } = this.#limits;
    if (events > 2 * targetEvents || elapsedMs > slowMs) {
      this.#blocks = Math.max(1, Math.floor(this.#blocks / 2));
    } else if (events < 0.4 * targetEvents) {
      this.#blocks = Math.min(maxBlocks, this.#blocks * 2);
    }
  }
}

/** Puts logs into their blocks. A log of a block other than the header says is a fault of the node. */
function join(headers: readonly Header[], logs: readonly ChainLog[]): readonly BlockEvents[] {
  const byHash = new Map<Hex, ChainLog[]>();
  for (const log of logs) {
    const list = byHash.get(log.blockHash);
    if (list === undefined) byHash.set(log.blockHash, [log]);
    else list.push(log);
  }
  const blocks = headers.map((header) => ({ ...header, events: decode(byHash.get(header.hash) ?? []) }));
  const joined = blocks.reduce((sum, block) => sum + block.events.length, 0);
  if (joined !== logs.length) throw new RpcError({ kind: 'malformed' });
  return blocks;
}

function decode(logs: readonly ChainLog[]): readonly RegistryEvent[] {
  return logs
    .map(decodeRegistryEvent)
    .filter((event) => event !== undefined)
    .toSorted((a, b) => a.logIndex - b.logIndex);
}
