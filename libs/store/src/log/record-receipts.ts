import type { Pool } from 'pg';
import { z } from 'zod';
import { parseStrict, toHex } from '#digest';
import { GatewayError } from '#outcome';
import {
  assembleBundle,
  type BindingProof,
  type Bundle,
  type BundleAnchor,
  type ErasedPart,
  hashLeaf,
  openPart,
  parseCheckpointText,
  parseNote,
} from '#provenance';
import type { LogReader } from './log-reader.js';
import { unfitParts } from './parts-fit.js';
import type { PlainPart, PlainRecord, RecordOpener } from './record-opener.js';
import type { AnchorRecord, SqlAnchorLog } from './sql-anchor-log.js';

/** Who reads a receipt: the client whose access it records, or an auditor, who may see every group. */
export type ReceiptReader = { readonly forClient: string } | 'auditor';

/** Which part of a record an excerpt shows, and under which checkpoint. */
export interface ExcerptOptions {
  readonly checkpoint: string;
  /** Positions of sub-entries; absent: the first ones. */
  readonly positions?: readonly number[];
  /** Sub-entries at most. */
  readonly limit: number;
}

/** A receipt of a part of a record, without its anchors and without what opens commitments to bytes and resources. */
export interface Excerpt {
  readonly bundle: Bundle;
  /** Sub-entries that it leaves out. */
  readonly left: number;
}

/** What a receipt is made from. */
export interface ReceiptSources {
  readonly pool: Pool;
  readonly tenant: string;
  readonly log: Pick<LogReader, 'checkpoint' | 'inclusion' | 'consistency'>;
  readonly records: RecordOpener;
  readonly anchors: SqlAnchorLog;
  /** The log's and witnesses' vkeys, for a reader's convenience. */
  readonly vkeys: readonly string[];
}

/** Evidence of an anchor as `SqlAnchorLog` keeps it; binary values as 0x-hex. */
export const AnchorEvidence = z.looseObject({
  codeHash: z.string(),
  header: z.string().optional(),
  storageProof: z.array(z.string()).optional(),
});

const Actor = z.looseObject({ client: z.string().nullable() });
const Basis = z.looseObject({ kind: z.string(), binding: z.string().optional() });
const Decision = z.looseObject({ effect: z.enum(['permit', 'refusal']), basis: z.array(Basis) });
const Subject = z.looseObject({ person: z.string().nullable(), binding: z.string().nullable() });

/** Groups of a sub-entry that a client sees: never `subject`, whose number tells how often others asked. */
const CLIENT_GROUPS = /^(op|actor|request|sub:\d+\/(content|decision))$/;

/** Makes the receipts of records. */
export class RecordReceipts {
  readonly #sources: ReceiptSources;

  constructor(sources: ReceiptSources) {
    this.#sources = sources;
  }

  /**
   * The receipt of record `index` under the newest checkpoint, with the anchors that cover it.
   * A client sees op, actor, request, and of each sub-entry that permitted content, decision and salts.
   * @throws GatewayError `not-found` where there is no such record, or it is another client's
   */
  async receiptOf(index: bigint, reader: ReceiptReader): Promise<Bundle> {
    const { log, records, vkeys } = this.#sources;
    const record = await records.plainRecord(index);
    if (reader !== 'auditor' && clientOf(record) !== reader.forClient) throw new GatewayError('not-found');
    const parts = reader === 'auditor' ? record.parts : record.parts.filter(isPermitted);
    const checkpoint = await log.checkpoint();
    const { size } = parseCheckpointText(parseNote(checkpoint).text);
    const bundle = assembleBundle({
      entry: record.entry,
      parts: parts.flatMap(({ plain }) => (plain === undefined ? [] : [plain])),
      erased: reader === 'auditor' ? erasedParts(record.parts) : [],
      proof: { index, path: await log.inclusion(index, size), checkpoint },
      bindings: await this.#bindings(parts, size),
      anchors: await this.#anchors(index, size),
      vkeys,
    });
    if (reader === 'auditor') return bundle;
    return { ...bundle, openings: bundle.openings.filter(({ group }) => CLIENT_GROUPS.test(group)) };
  }

  /**
   * What an auditor sees of a record in a list: op, actor and some sub-entries, proved under the given checkpoint.
   * @throws GatewayError `not-found` where there is no such record, `integrity-failure` where a part of it was altered
   */
  async excerptOf(index: bigint, { checkpoint, positions, limit }: ExcerptOptions): Promise<Excerpt> {
    const { log, records, vkeys } = this.#sources;
    const { entry, parts } = await records.plainRecord(index);
    if (unfitParts(entry, parts).length > 0) {
      throw new GatewayError('integrity-failure', { details: `log_private/${index}` });
    }
    const subs = parts.filter(({ part }) => part.startsWith('sub:'));
    const shown = subs
      .filter((part) => positions === undefined || positions.includes(positionOf(part)))
      .toSorted((a, b) => positionOf(a) - positionOf(b))
      .slice(0, limit);
    const all = [...parts.filter(({ part }) => part === 'op' || part === 'actor'), ...shown];
    const { size } = parseCheckpointText(parseNote(checkpoint).text);
    const bundle = assembleBundle({
      entry,
      parts: all.flatMap(({ plain }) => (plain === undefined ? [] : [plain])),
      erased: erasedParts(all),
      proof: { index, path: await log.inclusion(index, size), checkpoint },
      bindings: await this.#bindings(shown, size),
      vkeys,
    });
    return { bundle: { ...bundle, resources: [], salts: [] }, left: subs.length - shown.length };
  }

  /** The binding entries that the shown decisions rest on. */
  async #bindings(parts: readonly PlainPart[], size: bigint): Promise<readonly BindingProof[]> {
    const leaves = new Set(parts.flatMap(bindingLeaves));
    if (leaves.size === 0) return [];
    const { rows } = await this.#sources.pool.query<{ idx: bigint; entry: Buffer }>(
      `select l.idx, l.entry from binding b join log_leaf l on l.tenant = b.tenant and l.record_id = b.record_id
       where b.tenant = $1 and (b.subject = any($2) or b.person::text = any($3))`,
      [
        this.#sources.tenant,
        [...new Set(parts.flatMap(citedSubjects))],
        [...new Set(parts.flatMap(personOf))],
      ],
    );
    const cited = rows.filter(({ idx, entry }) => idx < size && leaves.has(toHex(hashLeaf(entry))));
    return Promise.all(
      cited.map(async ({ idx, entry }) => ({
        entry,
        index: idx,
        path: await this.#sources.log.inclusion(idx, size),
      })),
    );
  }

  async #anchors(index: bigint, size: bigint): Promise<readonly BundleAnchor[]> {
    const covering = await this.#sources.anchors.covering(index);
    const anchors = await Promise.all(covering.map((anchor) => this.#anchor(anchor, size)));
    return anchors.filter((anchor) => anchor !== undefined);
  }

  async #anchor(anchor: AnchorRecord, size: bigint): Promise<BundleAnchor | undefined> {
    const { chainId, contract, transaction, block, blockHash, root } = anchor;
    const evidence = AnchorEvidence.safeParse(anchor.evidence);
    if (!evidence.success || transaction === undefined || block === undefined || blockHash === undefined) {
      return undefined;
    }
    const [smaller, larger] = anchor.size < size ? [anchor.size, size] : [size, anchor.size];
    const { codeHash, header, storageProof } = evidence.data;
    return {
      chainId,
      contract,
      codeHash,
      transaction,
      block: String(block),
      blockHash,
      size: anchor.size,
      root,
      consistency: await this.#sources.log.consistency(smaller, larger),
      ...(header === undefined ? {} : { header: fromHexText(header) }),
      ...(storageProof === undefined ? {} : { storageProof: storageProof.map(fromHexText) }),
    };
  }
}

function positionOf({ part }: PlainPart): number {
  return Number(part.slice('sub:'.length));
}

function clientOf({ parts }: PlainRecord): string | null {
  const actor = parts.find(({ part }) => part === 'actor');
  return actor === undefined ? null : (groupOf(actor, 'actor', Actor)?.client ?? null);
}

/** Outer groups, and sub-entries that permitted: a refusal's reasons are not the client's to know. */
function isPermitted(part: PlainPart): boolean {
  return !part.part.startsWith('sub:') || groupOf(part, '/decision', Decision)?.effect === 'permit';
}

function bindingLeaves(part: PlainPart): readonly string[] {
  const basis = groupOf(part, '/decision', Decision)?.basis ?? [];
  const subject = groupOf(part, '/subject', Subject)?.binding;
  return [...basis.map(({ binding }) => binding), subject].filter((leaf) => typeof leaf === 'string');
}

function citedSubjects(part: PlainPart): readonly string[] {
  const basis = groupOf(part, '/decision', Decision)?.basis ?? [];
  return basis.map(({ subject }) => subject).filter((subject) => typeof subject === 'string');
}

function personOf(part: PlainPart): readonly string[] {
  const person = groupOf(part, '/subject', Subject)?.person;
  return typeof person === 'string' ? [person] : [];
}

function erasedParts(parts: readonly PlainPart[]): readonly ErasedPart[] {
  return parts.filter(({ plain }) => plain === undefined).map(({ part }) => ({ part }));
}

/** A group of an opened part, parsed; `undefined` where the part is erased or has no such group. */
function groupOf<T>({ plain }: PlainPart, ending: string, shape: z.ZodType<T>): T | undefined {
  const group = plain === undefined ? undefined : openPart(plain).find((each) => each.group.endsWith(ending));
  return group === undefined ? undefined : shape.parse(parseStrict(group.bytes));
}

function fromHexText(text: string): Uint8Array {
  return Buffer.from(text.replace(/^0x/, ''), 'hex');
}
