import { GatewayError } from '#outcome';
import { parseStrict, toHex, type JsonValue } from '#digest';
import type { Bundle } from './bundle.js';
import { decodeEntry } from './entry.js';
import { JsonFields } from './json-fields.js';
import { parseTlogProof } from './tlog-proof.js';
import { hashLeaf } from './tree-hash.js';

const SUBJECT = /^sub:(\d+)\/subject$/;
const SUB_PART = /^sub:(\d+)$/;

/** Who did something; members as the actor group has them. */
export interface AccessActor {
  readonly client: string | null;
  readonly user: string | null;
  readonly organization: string | null;
  readonly roles: readonly string[];
  readonly purpose: string | null;
}

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
  const group = groupsOf(bundle);
  const op = group('op');
  const actor = group('actor');
  return {
    index: String(parseTlogProof(bundle.tlogProof).index),
    leaf: toHex(hashLeaf(bundle.entry)),
    class: decodeEntry(bundle.entry)?.class ?? null,
    ...(op === undefined ? NOTHING_DONE : doneOf(op)),
    actor: actor === undefined ? null : actorOf(actor),
    subjects: [
      ...shownPositions(bundle).map((each) => shownSubject(each, group)),
      ...erased(bundle),
    ].toSorted((a, b) => a.position - b.position),
  };
}

const NOTHING_DONE = { time: null, interaction: null, outcome: null, status: null };

function doneOf(op: JsonFields) {
  return {
    time: op.text('time'),
    interaction: op.text('interaction'),
    outcome: op.text('outcome'),
    status: op.number('status'),
  };
}

type Groups = (name: string) => JsonFields | undefined;

function groupsOf({ openings }: Bundle): Groups {
  const byName = new Map(openings.map(({ group, bytes }) => [group, bytes]));
  return (name) => {
    const bytes = byName.get(name);
    return bytes === undefined ? undefined : new JsonFields(parseStrict(bytes), name);
  };
}

function actorOf(actor: JsonFields): AccessActor {
  return {
    client: actor.textOrNull('client'),
    user: actor.textOrNull('user'),
    organization: actor.textOrNull('organization'),
    roles: actor.texts('roles'),
    purpose: actor.textOrNull('purpose'),
  };
}

function shownPositions({ openings }: Bundle): number[] {
  return openings.flatMap(({ group }) => {
    const position = SUBJECT.exec(group)?.[1];
    return position === undefined ? [] : [Number(position)];
  });
}

function shownSubject(position: number, group: Groups): AccessSubject {
  const part = (name: string): JsonFields => {
    const fields = group(`sub:${position}/${name}`);
    if (fields === undefined) throw new GatewayError('malformed', { details: `sub:${position}/${name}` });
    return fields;
  };
  const [subject, content, decision] = [part('subject'), part('content'), part('decision')];
  return {
    kind: 'shown',
    position,
    person: subject.textOrNull('person'),
    patient: subject.textOrNull('patient'),
    subjectSeq: subject.textOrNull('subjectSeq'),
    effect: decision.text('effect'),
    code: decision.textOrNull('code'),
    basis: decision.list('basis'),
    obligations: decision.texts('obligations'),
    resources: content.each('items').map((item) => ({
      type: item.text('type'),
      id: item.text('id'),
      version: item.text('versionId'),
    })),
  };
}

function erased(bundle: Bundle): AccessSubject[] {
  return bundle.erased.flatMap(({ part }) => {
    const position = SUB_PART.exec(part)?.[1];
    return position === undefined ? [] : [{ kind: 'erased' as const, position: Number(position) }];
  });
}
