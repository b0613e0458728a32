import { parseStrict, toHex, uuidv5 } from '#digest';
import { decodeEntry } from './entry.js';
import { JsonFields } from './json-fields.js';
import type { OpenedRecord } from './ports.js';
import { hashLeaf } from './tree-hash.js';

/** Namespace of the ids of AuditEvents: UUIDv5 of `urn:proviso:audit-event` in the namespace of URLs. */
const NAMESPACE = uuidv5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'urn:proviso:audit-event');

/** What a record says that was done, with what it says of one person. */
export interface RecordedAccess {
  readonly index: bigint;
  /** Hex. */
  readonly leaf: string;
  /** The sub-entry's number in the record. */
  readonly position: number;
  /** Class byte of the entry. */
  readonly class: number;
  readonly recordId: string;
  /** RFC 3339. */
  readonly time: string;
  readonly phase: string;
  readonly interaction: string;
  readonly outcome: string;
  readonly status: number;
  readonly gateway: string;
  readonly actor: {
    readonly client: string | null;
    readonly user: string | null;
    readonly organization: string | null;
    readonly roles: readonly string[];
    readonly purpose: string | null;
  };
  readonly request: { readonly method: string; readonly path: string; readonly requestId: string };
  readonly person: string;
  readonly patient: string | null;
  readonly subjectSeq: bigint;
  readonly items: readonly { readonly type: string; readonly id: string; readonly versionId: string }[];
  readonly decision: {
    readonly effect: string;
    readonly code: string | null;
    /** `consent:<id>` or `policy:<id>@<digest>`. */
    readonly basis: readonly string[];
  };
}

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
  const groups = new Map(record.groups.map(({ group, bytes }) => [group, bytes]));
  const fields = (group: string) => new JsonFields(parseStrict(groups.get(group) ?? new Uint8Array()), group);
  const named = `sub:${position}/subject`;
  if (!groups.has(named)) return undefined;
  const subject = fields(named);
  const person = subject.textOrNull('person');
  if (person === null) return undefined;
  return {
    index: record.index,
    leaf: toHex(hashLeaf(record.entry)),
    position,
    class: decodeEntry(record.entry)?.class ?? 0,
    ...opOf(fields('op')),
    actor: actorOf(groups.has('actor') ? fields('actor') : undefined),
    request: requestOf(groups.has('request') ? fields('request') : undefined),
    person,
    patient: subject.textOrNull('patient'),
    subjectSeq: subject.counter('subjectSeq'),
    items: itemsOf(fields(`sub:${position}/content`)),
    decision: decisionOf(fields(`sub:${position}/decision`)),
  };
}

function opOf(op: JsonFields) {
  return {
    recordId: op.text('id'),
    time: op.text('time'),
    phase: op.text('phase'),
    interaction: op.text('interaction'),
    outcome: op.text('outcome'),
    status: op.number('status'),
    gateway: op.text('gateway'),
  };
}

/** The keys of actors and requests have a retention of their own: where one ended, nothing is said. */
function actorOf(actor: JsonFields | undefined): RecordedAccess['actor'] {
  if (actor === undefined) return { client: null, user: null, organization: null, roles: [], purpose: null };
  return {
    client: actor.textOrNull('client'),
    user: actor.textOrNull('user'),
    organization: actor.textOrNull('organization'),
    roles: actor.texts('roles'),
    purpose: actor.textOrNull('purpose'),
  };
}

function requestOf(request: JsonFields | undefined): RecordedAccess['request'] {
  if (request === undefined) return { method: '', path: '', requestId: '' };
  return { method: request.text('method'), path: request.text('path'), requestId: request.text('requestId') };
}

function itemsOf(content: JsonFields): RecordedAccess['items'] {
  return content.each('items').map((item) => ({
    type: item.text('type'),
    id: item.text('id'),
    versionId: item.text('versionId'),
  }));
}

function decisionOf(decision: JsonFields): RecordedAccess['decision'] {
  return {
    effect: decision.text('effect'),
    code: decision.textOrNull('code'),
    basis: decision
      .each('basis')
      .map((basis) =>
        basis.text('kind') === 'policy'
          ? `policy:${basis.text('policy')}@${basis.text('digest')}`
          : `consent:${basis.text('consent')}`,
      ),
  };
}
