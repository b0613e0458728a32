import { RpcError, type AnchoredHead, type AnchoredLog, type BlockId, type Header } from '#chain';
import type { Hex } from '#consent';
import type { AnchorPlace, AnchorRecord } from '#store';

export const LOG_ID: Hex = `0x${'a'.repeat(64)}`;
export const PLACE: AnchorPlace = { chainId: '7', contract: `0x${'b'.repeat(40)}`, logId: LOG_ID };

export const hexOf = (bytes: Uint8Array): Hex => `0x${Buffer.from(bytes).toString('hex')}`;
export const hash = (text: string): Hex => hexOf(Buffer.alloc(32, text));

/** A node and the anchor contract on it, that can be silenced, exchanged and lied with. */
export class FakeChain {
  isSilent = false;
  id = 7n;
  tip = 10n;
  /** Blocks between the newest and the newest final one. */
  finalDepth = 0n;
  secondsPerBlock = 5;
  codes = new Map<string, Hex>();
  /** Hash of a block. */
  hashOf: (number: bigint) => Hex = (number) => hash(`block ${number}`);
  log: AnchoredLog | undefined;
  events: AnchoredHead[] = [];
  readonly ranges: string[] = [];

  async chainId(): Promise<bigint> {
    this.#answer();
    return this.id;
  }

  async blockNumber(): Promise<bigint> {
    this.#answer();
    return this.tip;
  }

  async header(block: BlockId): Promise<Header | undefined> {
    this.#answer();
    const number =
      block === 'latest' ? this.tip : typeof block === 'bigint' ? block : this.tip - this.finalDepth;
    if (number > this.tip) return undefined;
    return {
      number,
      hash: this.hashOf(number),
      parentHash: this.hashOf(number - 1n),
      time: Number(number) * this.secondsPerBlock,
    };
  }

  async code(address: Hex): Promise<Hex> {
    this.#answer();
    return this.codes.get(address) ?? '0x';
  }

  async head(): Promise<AnchoredLog | undefined> {
    this.#answer();
    return this.log;
  }

  async anchored(_logId: Hex, from: bigint, to: bigint): Promise<readonly AnchoredHead[]> {
    this.#answer();
    this.ranges.push(`${from}-${to}`);
    return this.events.filter(({ block }) => block >= from && block <= to);
  }

  /** Anchors a head in the newest block. */
  anchor(size: bigint, root: Uint8Array): void {
    const seq = BigInt(this.events.length + 1);
    this.events.push({ seq, size, root: hexOf(root), block: this.tip, transaction: hash(`tx ${size}`) });
    this.log = {
      root: hexOf(root),
      size,
      seq,
      time: 0,
      frozen: false,
      operator: `0x${'1'.repeat(40)}`,
      fromSize: 0n,
      keyEpoch: 0,
      admin: `0x${'1'.repeat(40)}`,
      vkeyHash: hash('vkey'),
    };
  }

  #answer(): void {
    if (this.isSilent) throw new RpcError({ kind: 'timeout', timeoutMs: 1 });
  }
}

/** What became of heads that were submitted. */
export class FakeAnchors {
  isAway = false;
  readonly rows: AnchorRecord[] = [];

  note(size: bigint, root: Uint8Array, state: AnchorRecord['state'], block = 1n): void {
    this.rows.push({
      ...PLACE,
      size,
      root,
      state,
      transaction: undefined,
      block,
      blockHash: undefined,
      evidence: undefined,
      createdMs: 0,
    });
  }

  async at(size: bigint): Promise<AnchorRecord | undefined> {
    if (this.isAway) throw new Error('the database is away');
    return this.rows.find((row) => row.size === size);
  }

  async newestFinal(): Promise<AnchorRecord | undefined> {
    return this.rows.filter(({ state }) => state === 'final').at(-1);
  }
}
