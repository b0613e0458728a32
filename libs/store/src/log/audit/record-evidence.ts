import { toHex } from '#digest';
import { ENTRY_CLASS, erasedTree } from '#provenance';
import { apartKey } from '../../apply/apart.js';
import type { AuditFinding, CounterFinding, LeafFinding, RecordFinding } from './finding.js';
import { NumberSeries } from './number-series.js';
import { readOp, readSub, type SubGroups } from './record-groups.js';

/** A version that a record names. */
export interface NamedVersion {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  /** The first record that names it. */
  readonly index: bigint;
}

/** What the records say must be in the other tables. */
export class RecordEvidence {
  readonly gateways: NumberSeries;
  /** By `type/id/version`. */
  readonly versions = new Map<string, NamedVersion>();
  /** `patient person` */
  readonly links = new Set<string>();
  readonly consents = new Set<string>();
  /** Leaves, hex. */
  readonly bindings = new Set<string>();
  readonly bindingRecords = new Set<string>();
  /** `patient/other` of those whom a person told apart, in their order. */
  readonly apart = new Set<string>();
  readonly findings: (LeafFinding | RecordFinding | CounterFinding)[] = [];
  readonly #subParts = new Map<bigint, number>();
  readonly #erased = new Map<string, bigint[]>();
  readonly #notices = new Set<string>();

  /** @param records which are looked at: all, or some, so that numbers may begin anywhere */
  constructor(records: 'all' | 'some' = 'all') {
    this.gateways = new NumberSeries(records === 'all' ? 'at-one' : 'anywhere');
  }

  /** Takes the opened op group of a record; says whether what it names was done. */
  op(index: bigint, entryClass: number, recordId: string, plain: Uint8Array): boolean {
    const { gateway, gatewaySeq, erased, phase, status } = readOp(plain);
    // Records of one gateway stand in the log in the order of their numbers.
    if (this.gateways.take(gateway, gatewaySeq) === 'late')
      this.findings.push({ kind: 'leaf-swapped', index });
    if (erased !== undefined) this.#notices.add(`${erased.count} ${erased.root}`);
    const done = phase !== 'intent' && status < 400;
    if (done && entryClass === ENTRY_CLASS.binding) this.bindingRecords.add(recordId);
    return done;
  }

  /** Takes an opened sub-entry. */
  sub(index: bigint, plain: Uint8Array, done: boolean): SubGroups {
    const sub = readSub(plain);
    if (done) this.#related(sub);
    for (const consent of sub.consents) this.consents.add(consent);
    for (const leaf of sub.bindings) this.bindings.add(leaf);
    for (const { type, id, versionId } of done ? sub.items : []) {
      const key = `${type}/${id}/${versionId}`;
      if (versionId !== '' && !this.versions.has(key)) this.versions.set(key, { type, id, versionId, index });
    }
    return sub;
  }

  /** Who was of which person, and told apart from whom. */
  #related({ subject: { person, patient }, apart }: SubGroups): void {
    if (patient === null) return;
    if (person !== null) this.links.add(`${patient} ${person}`);
    for (const other of apart) this.apart.add(apartKey({ patient, other }));
  }

  /** Notes how many sub-entries a record has kept. */
  subParts(index: bigint, count: number): void {
    if (count > 0) this.#subParts.set(index, count);
  }

  /** How many sub-entries a record has kept. */
  subPartsOf(index: bigint): number {
    return this.#subParts.get(index) ?? 0;
  }

  /** Takes a part whose key was destroyed. */
  erased(index: bigint, keyId: string): void {
    const indexes = this.#erased.get(keyId) ?? [];
    if (indexes.at(-1) !== index) indexes.push(index);
    this.#erased.set(keyId, indexes);
  }

  /** Destroyed keys whose records no erasure notice names. */
  unnoticed(): readonly AuditFinding[] {
    return [...this.#erased].flatMap(([keyId, indexes]): AuditFinding[] => {
      const { count, root } = erasedTree(indexes);
      if (this.#notices.has(`${count} ${toHex(root)}`)) return [];
      return [{ kind: 'key-destroyed-without-notice', keyId, records: indexes.length }];
    });
  }
}
