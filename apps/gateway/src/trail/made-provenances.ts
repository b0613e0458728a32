import { isRefused, WRITE_KINDS, type LoggedProvenance } from '#fhir';
import {
  provenanceId,
  recordedAccess,
  SaidGroups,
  type OpenedRecord,
  type RecordedAccess,
} from '#provenance';
import { ownSourceOf } from '#smart';

const PROVENANCE = 'Provenance';
/** What the client of a record of intake begins with; no client has such an id. */
const SOURCE = 'source:';

/** A Provenance that was made with a record, and what the record says of each person whom it concerns. */
export interface MadeProvenance extends LoggedProvenance {
  readonly accesses: readonly RecordedAccess[];
}

/** The sub-entries of a record that tell of a person: what was erased is not there. */
export function accessesOf(record: OpenedRecord): readonly RecordedAccess[] {
  return new SaidGroups(record.groups).positions.flatMap(
    (position) => recordedAccess(record, position) ?? [],
  );
}

/**
 * The Provenances that the gateway itself made with a record, each once. Such a one is told by its id, which follows from the
 * version of which it is and stands beside it: one that a source delivered, or that was only read, is none of them.
 */
export function madeProvenances(record: OpenedRecord): readonly MadeProvenance[] {
  const said = new SaidGroups(record.groups);
  const made = new Map<string, MadeProvenance>();
  for (const access of accessesOf(record)) {
    const author = authorOf(access, said.source(access.position));
    if (author === undefined) continue;
    for (const one of madeBy(author, access)) {
      const { accesses = [] } = made.get(one.id) ?? {};
      made.set(one.id, { ...one, accesses: [...accesses, access] });
    }
  }
  return [...made.values()];
}

function madeBy(
  author: LoggedProvenance['author'],
  { index, time, items }: RecordedAccess,
): readonly LoggedProvenance[] {
  const source = author.kind === 'client' ? ownSourceOf(author.name) : author.name;
  const targets = new Map(items.map((item) => [provenanceId(source, item), item]));
  return items.flatMap(({ type, id, versionId }) => {
    const target = type === PROVENANCE ? targets.get(id) : undefined;
    return target === undefined ? [] : [{ index, time, id, versionId, target, author }];
  });
}

/** Who delivered or wrote what a record holds; `undefined` where it holds nothing that was made, or does not tell. */
function authorOf(
  access: RecordedAccess,
  source: string | undefined,
): LoggedProvenance['author'] | undefined {
  const { interaction, actor, decision, status } = access;
  if (actor.client === null || isRefused({ decision, status })) return undefined;
  if (interaction === 'intake') {
    const isSource = actor.client.startsWith(SOURCE);
    return isSource ? { kind: 'source', name: actor.client.slice(SOURCE.length) } : undefined;
  }
  if (!WRITE_KINDS.some((kind) => kind === interaction)) return undefined;
  return source === undefined ? { kind: 'client', name: actor.client } : { kind: 'source', name: source };
}
