import type { AnchorEvidence, ChainAnchor } from '#chain';
import type { JsonObject } from '#digest';
import type { AnchorState, LogStore, TreeHead } from '#provenance';
import type { AnchorPlace, AnchorRecord, RowChange, SqlAnchorLog } from '#store';

/** What anchors are made with. */
export interface AnchoringOptions {
  readonly log: Pick<LogStore<RowChange>, 'head' | 'consistency'>;
  readonly anchor: Pick<ChainAnchor, 'head' | 'submit' | 'state' | 'evidence'>;
  readonly anchors: Pick<SqlAnchorLog, 'prepare' | 'advance' | 'open' | 'newest' | 'newestFinal' | 'held'>;
  readonly place: AnchorPlace;
  /** Whether the stored log is still the one that was left: the operator MUST NOT sign a head of another. */
  readonly isSound: () => boolean;
}

/** Anchors the log's head on the chain, and follows what became of it. */
export class Anchoring {
  readonly #options: AnchoringOptions;

  constructor(options: AnchoringOptions) {
    this.#options = options;
  }

  /**
   * Submits the newest head where the log has grown since the last one. Gives the size that was submitted, or `undefined`.
   * One head at a time: a proof starts at the head that the chain has then. A head that was noted and never came to the
   * outbox, or failed there, is submitted again before any other.
   */
  async submitNewest(): Promise<bigint | undefined> {
    const { log, anchor, anchors, place } = this.#options;
    const [head, onChain] = [await log.head(), await anchor.head()];
    // A chain that holds more than the log has is the monitors' to tell of.
    if (head.size <= onChain.size || !this.#options.isSound()) return undefined;
    const noted = (await anchors.open()).find(({ state, size }) => isWaiting(state) && size > onChain.size);
    if (noted === undefined) {
      await anchors.prepare(head, place);
      return this.#submit(head, onChain);
    }
    const isOnItsWay = (await anchor.state(noted.size)) !== undefined;
    return isOnItsWay ? undefined : this.#submit({ ...head, size: noted.size, root: noted.root }, onChain);
  }

  /** Records that no anchor covers yet, submitted ones included. */
  async grownBy(): Promise<bigint> {
    const { log, anchors } = this.#options;
    const covered = (await anchors.open()).at(-1) ?? (await anchors.newest());
    return (await log.head()).size - (covered?.size ?? 0n);
  }

  /** Moves every open anchor on, with the evidence once it is in a block. */
  async follow(): Promise<void> {
    const { anchor, anchors } = this.#options;
    await this.#followMoved();
    for (const open of await anchors.open()) {
      // oxlint-disable no-await-in-loop -- in order of size
      const now = await anchor.state(open.size);
      if (now === undefined || !isNews(open, now)) continue;
      const isMined = now.kind === 'included' || now.kind === 'final';
      await anchors.advance(now, isMined ? await this.#evidence(now) : undefined);
      // oxlint-enable no-await-in-loop
    }
  }

  /**
   * What was final stays so; but a reorganisation deeper than that put it into another block, which receipts must name: the
   * largest first, down to one that is where it was.
   */
  async #followMoved(): Promise<void> {
    const { anchor, anchors, place } = this.#options;
    const newest = await anchors.newestFinal(place);
    if (newest === undefined || isWhereItWas(newest, await anchor.state(newest.size))) return;
    const held = (await anchors.held()).filter(
      ({ state, logId }) => state === 'final' && logId === place.logId,
    );
    for (const each of held.toReversed()) {
      // oxlint-disable no-await-in-loop -- in order of size
      const now = await anchor.state(each.size);
      if (isWhereItWas(each, now)) return;
      if (now?.kind === 'final') await anchors.advance(now, await this.#evidence(now));
      // oxlint-enable no-await-in-loop
    }
  }

  async #evidence({ size }: { readonly size: bigint }): Promise<JsonObject | undefined> {
    const evidence = await this.#options.anchor.evidence(size);
    return evidence === undefined ? undefined : kept(evidence);
  }

  async #submit(head: TreeHead, onChain: TreeHead): Promise<bigint> {
    const { log, anchor, anchors } = this.#options;
    const proof = onChain.size === 0n ? [] : await log.consistency(onChain.size, head.size);
    const state = await anchor.submit(head, proof);
    if (state.kind !== 'prepared') await anchors.advance(state);
    return head.size;
  }
}

function isWaiting(state: AnchorRecord['state']): boolean {
  return state === 'prepared' || state === 'submitted' || state === 'reorged';
}

/** A head that waits in the outbox again after a reorganisation is no news: what became of it last stays on record. */
function isNews(open: AnchorRecord, now: AnchorState): boolean {
  if (now.kind === 'prepared') return false;
  if (now.kind !== open.state) return true;
  return 'blockHash' in now && now.blockHash !== open.blockHash;
}

/** Whether a final anchor is in the block that was noted; one that nobody can tell of counts as there. */
function isWhereItWas(noted: AnchorRecord, now: AnchorState | undefined): boolean {
  return now === undefined || (now.kind === 'final' && now.blockHash === noted.blockHash);
}

/** What receipts show of an anchor: the pinned code, and where there are some the block's header and the storage proof. */
function kept({ codeHash, header, proof }: AnchorEvidence): JsonObject {
  const storageProof = proof && [...proof.accountProof, ...proof.storageProof.flatMap((slot) => slot.proof)];
  return {
    codeHash,
    ...(header === undefined ? {} : { header }),
    ...(storageProof === undefined ? {} : { storageProof }),
  };
}
