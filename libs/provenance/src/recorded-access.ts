import { toHex, uuidv5 } from '#digest';
import { decodeEntry } from './entry.js';
import type { OpenedRecord } from './ports.js';
import { mustSay, SaidGroups, type AccessActor, type ItemSaid, type OpSaid } from './said-groups.js';
import { hashLeaf } from './tree-hash.js';

/** Namespace of the ids of AuditEvents: UUIDv5 of `urn:proviso:audit-event` in the namespace of URLs. */
const NAMESPACE = uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'urn:proviso:audit-event');

/** What a record says that was done, with what it says of one person. */
export interface RecordedAccess extends OpSaid {
  readonly index: bigint;
  /** Hex. */
  readonly leaf: string;
  /** The sub-entry's number in the record. */
  readonly position: number;
  /** Class byte of the entry. */
  readonly class: number;
  /** The keys of actors and requests have a retention of their own: where one ended, nothing is said. */
  readonly actor: AccessActor;
  readonly request: { readonly method: string; readonly path: string; readonly requestId: string };
  readonly person: string;
  readonly patient: string | null;
  readonly subjectSeq: bigint;
  readonly items: readonly ItemSaid[];
  readonly decision: {
    readonly effect: string;
    readonly code: string | null;
    /** `consent:<id>` or `policy:<id>@<digest>`. */
    readonly basis: readonly string[];
  };
}

const NOBODY: AccessActor = { client: null, user: null, organization: null, roles: [], purpose: null };
const NO_REQUEST = { method: '', path: '', requestId: '' };

/** The id of the AuditEvent that stands for a sub-entry: the same for ever, and known before the record is sealed. */
export function auditEventId(recordId: string, position: number): string {
  return uuidv5(NAMESPACE, `${recordId}/${position}`);
}

/**
 * Reads one sub-entry of an opened record, with what is said of the request as a whole.
 *
 * @returns `undefined` where the sub-entry is nobody's, or its key was destroyed
 * @throws GatewayError `malformed` where a group is not of its form
 */
export function recordedAccess(record: OpenedRecord, position: number): RecordedAccess | undefined {
  const groups = new SaidGroups(record.groups);
  const subject = groups.subject(position);
  if (subject === undefined || subject.person === null) return undefined;
  const { person, patient, subjectSeq } = subject;
  const sub = `sub:${position}`;
  const { effect, code, basisWords } = mustSay(groups.decision(position), `${sub}/decision`);
  return {
    index: record.index,
    leaf: toHex(hashLeaf(record.entry)),
    position,
    class: decodeEntry(record.entry)?.class ?? 0,
    ...mustSay(groups.op(), 'op'),
    actor: groups.actor() ?? NOBODY,
    request: groups.request() ?? NO_REQUEST,
    person,
    patient,
    subjectSeq: mustSay(subjectSeq ?? undefined, `${sub}/subject`),
    items: mustSay(groups.items(position), `${sub}/content`),
    decision: { effect, code, basis: basisWords() },
  };
}
