import { id } from 'ethers';
import type { Hex } from '#consent';
import { ANCHORED_TOPIC } from './events.js';
import { asHex, numberAt, wordAt } from './hex.js';
import type { BlockId, Node } from './node.js';

/** What `AnchorRegistry` keeps of a log. */
export interface AnchoredLog {
  readonly root: Hex;
  readonly size: bigint;
  readonly seq: bigint;
  /** Unix seconds of the newest anchor. */
  readonly time: number;
  readonly frozen: boolean;
  readonly operator: Hex;
  readonly fromSize: bigint;
  readonly keyEpoch: number;
  readonly admin: Hex;
  readonly vkeyHash: Hex;
}

/** A head that the contract took, by its event. */
export interface AnchoredHead {
  readonly seq: bigint;
  readonly size: bigint;
  readonly root: Hex;
  readonly block: bigint;
  readonly transaction: Hex;
}

const HEAD = id('head(bytes32)').slice(0, 10);
const ZERO_ADDRESS: Hex = `0x${'0'.repeat(40)}`;

/** The views of an `AnchorRegistry`. Throws `RpcError`. */
export class AnchorClient {
  readonly contract: Hex;
  readonly #node: Node;

  constructor(node: Node, contract: Hex) {
    this.#node = node;
    this.contract = asHex(contract, 20);
  }

  /** The log's head; `undefined` where the log is not open. */
  async head(logId: Hex, block: BlockId = 'latest'): Promise<AnchoredLog | undefined> {
    const reply = await this.#node.view(this.contract, asHex(`${HEAD}${asHex(logId, 32).slice(2)}`), block);
    const operator = addressAt(reply, 5);
    if (operator === ZERO_ADDRESS) return undefined;
    return {
      root: wordAt(reply, 0),
      size: numberAt(reply, 1),
      seq: numberAt(reply, 2),
      time: Number(numberAt(reply, 3)),
      frozen: numberAt(reply, 4) === 1n,
      operator,
      fromSize: numberAt(reply, 6),
      keyEpoch: Number(numberAt(reply, 7)),
      admin: addressAt(reply, 8),
      vkeyHash: wordAt(reply, 9),
    };
  }

  /** The heads of a log that blocks [from, to] anchored, in order. */
  async anchored(logId: Hex, from: bigint, to: bigint): Promise<readonly AnchoredHead[]> {
    const logs = await this.#node.logs(this.contract, [ANCHORED_TOPIC, asHex(logId, 32)], { from, to });
    return logs.map(({ topics, data, block, transaction }) => {
      return {
        seq: BigInt(asHex(topics[2], 32)),
        size: numberAt(data, 0),
        root: wordAt(data, 1),
        block,
        transaction,
      };
    });
  }
}

function addressAt(data: Hex, index: number): Hex {
  return asHex(`0x${wordAt(data, index).slice(26)}`, 20);
}
