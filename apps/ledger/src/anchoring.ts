import type { AnchorEvidence, ChainAnchor } from '#chain';
import type { JsonObject } from '#digest';
import type { LogStore, TreeHead } from '#provenance';
import type { AnchorPlace, RowChange, SqlAnchorLog } from '#store';

/** What anchors are made with. */
export interface AnchoringOptions {
  readonly log: LogStore<RowChange>;
  readonly anchor: ChainAnchor;
  readonly anchors: SqlAnchorLog;
  readonly place: AnchorPlace;
  readonly incident: (kind: string, detail: Readonly<Record<string, string>>) => void;
}

/** Anchors the log's head on the chain, and follows what became of it. */
export class Anchoring {
  readonly #options: AnchoringOptions;

  constructor(options: AnchoringOptions) {
    this.#options = options;
  }

  /** Submits the newest head where the log has grown since the last one. Gives its size, or `undefined`. */
  async submitNewest(): Promise<bigint | undefined> {
    const { log, anchor, anchors, place } = this.#options;
    const [head, onChain] = [await log.head(), await anchor.head()];
    if (!this.#extends(head, onChain) || (await this.#isOnItsWay())) return undefined;
    const proof = onChain.size === 0n ? [] : await log.consistency(onChain.size, head.size);
    await anchors.prepare(head, place);
    await anchors.advance(await anchor.submit(head, proof));
    return head.size;
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
    for (const { size, state } of await anchors.open()) {
      // oxlint-disable no-await-in-loop -- in order of size
      const now = await anchor.state(size);
      if (now === undefined || now.kind === state) continue;
      const evidence =
        now.kind === 'included' || now.kind === 'final' ? await anchor.evidence(size) : undefined;
      await anchors.advance(now, evidence === undefined ? undefined : kept(evidence));
      // oxlint-enable no-await-in-loop
    }
  }

  /** A chain that holds more than the log has means that the database was rolled back. */
  #extends(head: TreeHead, onChain: TreeHead): boolean {
    if (onChain.size > head.size) {
      this.#options.incident('log-rolled-back', { chain: String(onChain.size), stored: String(head.size) });
    }
    return head.size > onChain.size;
  }

  /** One head at a time: the next one's proof starts at the head that the chain has then. */
  async #isOnItsWay(): Promise<boolean> {
    const open = await this.#options.anchors.open();
    return open.some(({ state }) => state === 'prepared' || state === 'submitted');
  }
}

/** What receipts show of an anchor: the pinned code, the block's header, and the nodes of the storage proof. */
function kept({ codeHash, header, proof }: AnchorEvidence): JsonObject {
  if (proof === undefined) return { codeHash, header };
  const storageProof = [...proof.accountProof, ...proof.storageProof.flatMap((slot) => slot.proof)];
  return { codeHash, header, storageProof };
}
