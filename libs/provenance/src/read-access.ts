import { toHex, type JsonValue } from '#digest';
import type { Bundle } from './bundle.js';
import { decodeEntry } from './entry.js';
import { mustSay, SaidGroups, type AccessActor, type OpSaid } from './said-groups.js';
import { parseTlogProof } from './tlog-proof.js';
import { hashLeaf } from './tree-hash.js';

const SUB_PART = /^sub:(\d+)$/;

/** A person whom a record concerns: what was shown or changed and on which basis, or that her key was destroyed. */
export type AccessSubject =
  | {
      readonly kind: 'shown';
      readonly position: number;
      readonly person: string | null;
      readonly patient: string | null;
      /** Decimal; numbers the person's sub-entries without gaps. */
      readonly subjectSeq: string | null;
      readonly effect: string;
      readonly code: string | null;
      readonly basis: readonly JsonValue[];
      readonly obligations: readonly string[];
      readonly resources: readonly AccessedResource[];
    }
  | { readonly kind: 'erased'; readonly position: number };

/** A resource version that left or changed. */
export interface AccessedResource {
  readonly type: string;
  readonly id: string;
  readonly version: string;
}

/** What a receipt says: when, who, what, to whom. Values are JSON; a part that is not shown is null. */
export interface Access {
  /** Decimal. */
  readonly index: string;
  /** Hex. */
  readonly leaf: string;
  /** Class of the entry; null where its version is not known. */
  readonly class: number | null;
  /** RFC 3339. */
  readonly time: string | null;
  readonly interaction: string | null;
  readonly outcome: string | null;
  readonly status: number | null;
  readonly actor: AccessActor | null;
  readonly subjects: readonly AccessSubject[];
}

/**
 * Reads what a receipt says as one line of a list. Nothing is checked: `verifyBundle` does that, of the same receipt.
 *
 * @throws GatewayError `malformed` where a shown group is not one, or a person is shown without what was decided about her
 */
export function readAccess(bundle: Bundle): Access {
  const groups = new SaidGroups(bundle.openings);
  return {
    index: String(parseTlogProof(bundle.tlogProof).index),
    leaf: toHex(hashLeaf(bundle.entry)),
    class: decodeEntry(bundle.entry)?.class ?? null,
    ...doneOf(groups.op()),
    actor: groups.actor() ?? null,
    subjects: [...groups.positions.map((each) => shownSubject(each, groups)), ...erased(bundle)].toSorted(
      (a, b) => a.position - b.position,
    ),
  };
}

function doneOf(op: OpSaid | undefined) {
  if (op === undefined) return { time: null, interaction: null, outcome: null, status: null };
  const { time, interaction, outcome, status } = op;
  return { time, interaction, outcome, status };
}

function shownSubject(position: number, groups: SaidGroups): AccessSubject {
  const sub = `sub:${position}`;
  const { person, patient, subjectSeq } = mustSay(groups.subject(position), `${sub}/subject`);
  const items = mustSay(groups.items(position), `${sub}/content`);
  const { effect, code, basis, obligations } = mustSay(groups.decision(position), `${sub}/decision`);
  return {
    kind: 'shown',
    position,
    person,
    patient,
    subjectSeq: subjectSeq === null ? null : String(subjectSeq),
    effect,
    code,
    basis,
    obligations,
    resources: items.map(({ type, id, versionId }) => ({ type, id, version: versionId })),
  };
}

function erased(bundle: Bundle): AccessSubject[] {
  return bundle.erased.flatMap(({ part }) => {
    const position = SUB_PART.exec(part)?.[1];
    return position === undefined ? [] : [{ kind: 'erased' as const, position: Number(position) }];
  });
}
