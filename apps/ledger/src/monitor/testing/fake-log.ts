import { generateKeyPairSync } from 'node:crypto';
import { GatewayError } from '#outcome';
import {
  appendLeaves,
  checkpointSigner,
  EMPTY_FRONTIER,
  frontierRoot,
  hashLeaf,
  noteKeyOf,
  SIGNATURE_TYPE,
  signCheckpoint,
  writeCheckpointText,
  type Policy,
  type TreeHead,
} from '#provenance';
import type { StoredLog } from '../stored-log.js';

export const ORIGIN = 'proviso.localhost/log/test';

/** A stored log that can be tampered with: its leaves are texts. */
export class FakeLog implements StoredLog {
  leaves: string[] = [];
  hasHead = true;
  /** What the database throws, while it does not answer. */
  fault: Error | undefined;
  /** Epoch milliseconds at which every record was made. */
  timeMs = 0;
  readonly policy: Policy;
  readonly #signer;
  #signed: TreeHead | undefined;

  constructor(size: number) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#signer = checkpointSigner(ORIGIN, SIGNATURE_TYPE.ed25519, privateKey);
    this.policy = {
      logs: [{ key: noteKeyOf(ORIGIN, SIGNATURE_TYPE.ed25519, publicKey), fromSize: 0n }],
      witnesses: [],
      groups: [],
      quorum: 'none',
      gateways: [],
      chains: [],
    };
    this.grow(size);
  }

  /** Appends leaves as a gateway would, and signs the head. */
  grow(count: number): void {
    for (let at = 0; at < count; at++) this.leaves.push(`leaf ${this.leaves.length}`);
    this.#signed = this.#headOf(this.leaves.length);
  }

  rootOf(size: number): Uint8Array {
    return frontierRoot(
      appendLeaves(
        EMPTY_FRONTIER,
        this.leaves.slice(0, size).map((leaf) => hashLeaf(Buffer.from(leaf))),
      ),
    );
  }

  async head(): Promise<TreeHead> {
    if (this.fault !== undefined) throw this.fault;
    if (!this.hasHead) throw new GatewayError('seal-unavailable', { details: 'log-head' });
    return this.#headOf(this.leaves.length);
  }

  async checkpoint(): Promise<string> {
    return signCheckpoint(writeCheckpointText(this.#signed ?? this.#headOf(0)), [this.#signer], 0n);
  }

  async rootAt(size: bigint): Promise<Uint8Array | undefined> {
    return size <= BigInt(this.leaves.length) ? this.rootOf(Number(size)) : undefined;
  }

  async timeOf(index: bigint): Promise<number | undefined> {
    return index < BigInt(this.leaves.length) ? this.timeMs : undefined;
  }

  #headOf(size: number): TreeHead {
    return { origin: ORIGIN, size: BigInt(size), root: this.rootOf(size) };
  }
}
