import { GatewayError } from '#outcome';
import {
  decodeGrantWord,
  type BlockEvents,
  type GrantOp,
  type Hex,
  type ProjectionState,
  type ProjectionStore,
  type RegistryEvent,
  type RegistryKey,
} from '#consent';

const KEPT_BLOCKS = 256;

interface WordRow {
  readonly word: bigint;
  readonly block: bigint;
}
interface Latch {
  readonly kind: 'revoked' | 'deny';
  readonly version: number;
}
interface KeptBlock {
  readonly number: bigint;
  readonly hash: Hex;
  readonly time: number;
  /** Words and epochs as they were before the block. */
  readonly words: ReadonlyMap<string, WordRow>;
  readonly epochs: ReadonlyMap<Hex, number>;
}

/** The projection in memory: reference of the port, and a fake for tests. */
export class MemoryProjectionStore implements ProjectionStore {
  /** Set to make the next `apply` fail, before or after it took effect. */
  failNextApply: 'before' | 'after' | undefined;
  applied = 0;

  #key: RegistryKey | undefined;
  #kept: KeptBlock[] = [];
  #words = new Map<string, WordRow>();
  #epochs = new Map<Hex, number>();
  readonly #latches = new Map<string, Latch>();
  readonly #latchedEpochs = new Map<Hex, number>();
  #confirmed = -1n;
  #position = 0n;
  #contactMs = 0;

  async state(): Promise<ProjectionState | undefined> {
    const last = this.#kept.at(-1);
    if (last === undefined) return undefined;
    const at = { number: last.number, hash: last.hash, position: this.#position };
    return { at, blockTime: last.time, contactMs: this.#contactMs };
  }

  async begin(key: RegistryKey, block: Omit<BlockEvents, 'events'>): Promise<void> {
    if (this.#key !== undefined) {
      if (JSON.stringify(this.#key) !== JSON.stringify(key)) throw new GatewayError('version-conflict');
      return;
    }
    this.#key = { ...key };
    this.#keep(block);
  }

  async key(): Promise<RegistryKey | undefined> {
    return this.#key;
  }

  async hashAt(number: bigint): Promise<Hex | undefined> {
    return this.#kept.find((block) => block.number === number)?.hash;
  }

  async apply(blocks: readonly BlockEvents[], contactMs: number): Promise<void> {
    const fail = this.failNextApply;
    this.failNextApply = undefined;
    if (fail === 'before') throw new GatewayError('internal');
    this.#requireChain(blocks);
    for (const block of blocks) this.#applyBlock(block);
    this.#contactMs = contactMs;
    if (fail === 'after') throw new GatewayError('internal');
  }

  async undo(toNumber: bigint): Promise<void> {
    const first = this.#kept.find((block) => block.number === toNumber + 1n);
    if (first === undefined) {
      if (this.#kept.at(-1)?.number === toNumber) return;
      throw new GatewayError('version-conflict', { details: `block ${toNumber} is not kept` });
    }
    this.#words = new Map(first.words);
    this.#epochs = new Map(first.epochs);
    this.#kept = this.#kept.filter((block) => block.number <= toNumber);
    if (this.#confirmed > toNumber) this.#confirmed = toNumber;
    this.#position += 1n;
  }

  async confirm(number: bigint): Promise<void> {
    if (number <= this.#confirmed) return;
    this.#confirmed = number;
    this.#position += 1n;
    for (const [id, row] of this.#words) this.#clearLatch(id, row);
  }

  async contact(atMs: number): Promise<void> {
    this.#contactMs = atMs;
  }

  async latch(subject: Hex, ops: readonly GrantOp[], _recordId: string): Promise<void> {
    for (const op of ops) {
      if (op.kind === 1) continue;
      this.#latch(`${subject}/${op.grantId}`, {
        kind: op.kind === 2 ? 'deny' : 'revoked',
        version: op.version,
      });
    }
  }

  async sample(limit: number): Promise<readonly { subject: Hex; grantId: Hex; word: bigint }[]> {
    return [...this.#words].slice(0, limit).map(([id, { word }]) => ({ ...splitId(id), word }));
  }

  /** What a grant counts as now, times aside. */
  counts(subject: Hex, grantId: Hex): 'permit' | 'deny' | 'none' {
    const id = `${subject}/${grantId}`;
    const latch = this.#latches.get(id);
    if (latch !== undefined) return latch.kind === 'deny' ? 'deny' : 'none';
    const row = this.#words.get(id);
    if (row === undefined) return 'none';
    const { kind, epoch } = decodeGrantWord(row.word);
    if (kind === 'deny') return 'deny';
    const current = Math.max(this.#epochs.get(subject) ?? 0, this.#latchedEpochs.get(subject) ?? 0);
    return kind === 'permit' && row.block <= this.#confirmed && epoch >= current ? 'permit' : 'none';
  }

  #requireChain(blocks: readonly BlockEvents[]): void {
    let parent = this.#kept.at(-1);
    for (const block of blocks) {
      if (parent === undefined || block.parentHash !== parent.hash || block.number !== parent.number + 1n) {
        throw new GatewayError('version-conflict', { details: `block ${block.number} does not follow` });
      }
      parent = { ...parent, number: block.number, hash: block.hash };
    }
  }

  #applyBlock(block: BlockEvents): void {
    this.#keep(block);
    for (const event of block.events) this.#applyEvent(event, block.number);
    this.applied += block.events.length;
    this.#position += BigInt(block.events.length);
  }

  #keep({ number, hash, time }: Omit<BlockEvents, 'events'>): void {
    const words = new Map(this.#words);
    this.#kept.push({ number, hash, time, words, epochs: new Map(this.#epochs) });
    if (this.#kept.length > KEPT_BLOCKS) this.#kept.shift();
  }

  #applyEvent(event: RegistryEvent, block: bigint): void {
    switch (event.kind) {
      case 'consent':
        this.#applyConsent(event, block);
        return;
      case 'revoked-all':
        this.#epochs.set(event.subject, event.epoch);
        this.#latchedEpochs.set(
          event.subject,
          Math.max(event.epoch, this.#latchedEpochs.get(event.subject) ?? 0),
        );
        return;
      case 'subject':
      case 'delegate':
        return;
      default:
        event satisfies never;
    }
  }

  #applyConsent(event: Extract<RegistryEvent, { kind: 'consent' }>, block: bigint): void {
    const id = `${event.subject}/${event.grantId}`;
    const row = { word: event.state, block };
    this.#words.set(id, row);
    const { kind, version } = decodeGrantWord(event.state);
    if (kind === 'deny' || kind === 'revoked') this.#latch(id, { kind, version });
    else this.#clearLatch(id, row);
  }

  #latch(id: string, latch: Latch): void {
    const old = this.#latches.get(id);
    if (old === undefined || latch.version >= old.version) this.#latches.set(id, latch);
  }

  /** Only a later permit in a confirmed block ends a latch. */
  #clearLatch(id: string, row: WordRow): void {
    const { kind, version } = decodeGrantWord(row.word);
    const latch = this.#latches.get(id);
    if (latch === undefined || kind !== 'permit' || row.block > this.#confirmed) return;
    if (version > latch.version) this.#latches.delete(id);
  }
}

function splitId(id: string): { subject: Hex; grantId: Hex } {
  const [subject = '', grantId = ''] = id.split('/');
  return { subject: `0x${subject.slice(2)}`, grantId: `0x${grantId.slice(2)}` };
}
