import {
  decodeEntry,
  ENTRY_CLASS,
  hashLeaf,
  SaidGroups,
  type OpenedGroup,
  type OpenedRecord,
} from '#provenance';
import { EVENT_SCHEMA, type ChangeEvent, type EventKind } from './event.js';

/** Interactions of clients that write a resource. */
const WRITES = ['create', 'update', 'patch', 'delete'];
/** What persons say about their consents. */
const CONSENTS = ['consent-grant', 'consent-revocation'];

/** An event before its place in a topic is known. */
export type EventDraft = Omit<ChangeEvent, 'after' | 'partition'>;

/** Whose the log is, and under which name a person appears in topics. */
export interface EventNames {
  readonly origin: string;
  /** An opaque key of a person: not to be undone without a secret. */
  readonly subjectKey: (person: string) => string;
}

/** The events of a record, one for each sub-entry that tells something: in order, and the same ones each time. */
export function eventsOfRecord(record: OpenedRecord, names: EventNames): readonly EventDraft[] {
  const said = new SaidGroups(record.groups);
  const kind = kindOf(decodeEntry(record.entry)?.class, said.op());
  if (kind === undefined) return [];
  return positionsOf(record).flatMap((position) => {
    const draft = draftOf({ record, names, kind, position, said });
    return draft === undefined ? [] : [draft];
  });
}

/** What the shown groups of an event say, in the words of the event. */
export function factsOf(groups: readonly OpenedGroup[], position: number): EventFacts {
  const said = new SaidGroups(groups);
  const { time = null, interaction = null, outcome = null } = said.op() ?? {};
  return { time, interaction, outcome, resources: said.items(position) ?? null };
}

/** What an event says that the log commits to. */
export type EventFacts = Pick<ChangeEvent, 'time' | 'interaction' | 'outcome' | 'resources'>;

function kindOf(
  entryClass: number | undefined,
  facts: { readonly interaction: string; readonly outcome: string } | undefined,
): EventKind | undefined {
  if (entryClass === ENTRY_CLASS.intake) return 'changes';
  if (entryClass !== ENTRY_CLASS.access) return undefined;
  if (facts === undefined) return 'access';
  const { interaction, outcome } = facts;
  const isDone = outcome === 'permit' || outcome === 'success';
  if (isDone && WRITES.includes(interaction)) return 'changes';
  return isDone && CONSENTS.includes(interaction) ? 'consent' : 'access';
}

interface Drafted {
  readonly record: OpenedRecord;
  readonly names: EventNames;
  readonly kind: EventKind;
  readonly position: number;
  readonly said: SaidGroups;
}

function draftOf({ record, names, kind, position, said }: Drafted): EventDraft | undefined {
  const about = said.subject(position);
  const isErased = about === undefined;
  const person = about?.person ?? null;
  const named = (name: string) => record.groups.find(({ group }) => group === name);
  const shownContent = kind === 'changes' ? named(`sub:${position}/content`) : undefined;
  const openings = [named('op'), shownContent].filter((group) => group !== undefined);
  const facts = factsOf(openings, position);
  const isSilent = kind === 'changes' ? facts.resources?.length === 0 : person === null && !isErased;
  if (isSilent) return undefined;
  return {
    schema: EVENT_SCHEMA,
    kind,
    origin: names.origin,
    id: `${record.index}/${position}`,
    index: String(record.index),
    leaf: Buffer.from(hashLeaf(record.entry)).toString('hex'),
    subject: person === null ? null : names.subjectKey(person),
    ...facts,
    erased: isErased,
    proof: {
      entry: toBase64(record.entry),
      openings: openings.map(({ group, salt, bytes }) => ({
        group,
        salt: toBase64(salt),
        bytes: toBase64(bytes),
      })),
      subEntry: shownContent === undefined ? null : subEntryOf(record, position),
    },
  };
}

function subEntryOf({ subEntries }: OpenedRecord, position: number): EventDraft['proof']['subEntry'] {
  const found = subEntries.find((each) => each.position === position);
  if (found === undefined) return null;
  const { commitments, path } = found;
  return { position, commitments: commitments.map(toBase64), path: path.map(toBase64) };
}

/** Sub-entries that are there, opened or erased, in order. */
function positionsOf(record: OpenedRecord): readonly number[] {
  const lost = record.kind === 'erased' ? record.lost : [];
  const names = [...lost, ...record.subEntries.map(({ position }) => `sub:${position}`)];
  const positions = names.flatMap((name) => {
    const position = /^sub:(\d+)$/.exec(name)?.[1];
    return position === undefined ? [] : [Number(position)];
  });
  return positions.toSorted((a, b) => a - b);
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
