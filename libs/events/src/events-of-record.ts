import { z } from 'zod';
import { decodeEntry, ENTRY_CLASS, hashLeaf, type OpenedGroup, type OpenedRecord } from '#provenance';
import { EVENT_SCHEMA, type ChangeEvent, type EventKind } from './event.js';

/** Interactions of clients that write a resource. */
const WRITES = ['create', 'update', 'patch', 'delete'];
/** What persons say about their consents. */
const CONSENTS = ['consent-grant', 'consent-revocation'];

const op = z.looseObject({ time: z.string(), interaction: z.string(), outcome: z.string() });
const subject = z.looseObject({ person: z.string().nullable() });
const content = z.looseObject({
  items: z.array(z.looseObject({ type: z.string(), id: z.string(), versionId: z.string() })),
});

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
  const byName = new Map(record.groups.map((group) => [group.group, group]));
  const head = byName.get('op');
  const facts = head === undefined ? undefined : readGroup(op, head);
  const kind = kindOf(decodeEntry(record.entry)?.class, facts);
  if (kind === undefined) return [];
  return positionsOf(record).flatMap((position) => {
    const draft = draftOf({ record, names, kind, position, byName });
    return draft === undefined ? [] : [draft];
  });
}

/** What a group says, by the form that is given. @throws ZodError where it is of another form */
export function readGroup<T>(form: z.ZodType<T>, { bytes }: Pick<OpenedGroup, 'bytes'>): T {
  return form.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
}

/** What the shown groups of an event say, in the words of the event. */
export function factsOf(groups: readonly OpenedGroup[], position: number): EventFacts {
  const named = (name: string) => groups.find(({ group }) => group === name);
  const [head, shown] = [named('op'), named(`sub:${position}/content`)];
  const { time, interaction, outcome } =
    head === undefined ? { time: null, interaction: null, outcome: null } : readGroup(op, head);
  const resources =
    shown === undefined
      ? null
      : readGroup(content, shown).items.map(({ type, id, versionId }) => ({ type, id, versionId }));
  return { time, interaction, outcome, resources };
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
  readonly byName: ReadonlyMap<string, OpenedGroup>;
}

function draftOf({ record, names, kind, position, byName }: Drafted): EventDraft | undefined {
  const about = byName.get(`sub:${position}/subject`);
  const isErased = about === undefined;
  const person = isErased ? null : readGroup(subject, about).person;
  const shownContent = kind === 'changes' ? byName.get(`sub:${position}/content`) : undefined;
  const openings = [byName.get('op'), shownContent].filter((group) => group !== undefined);
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
