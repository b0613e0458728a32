import { toHex, type JsonObject } from '#digest';
import { ENTRY_CLASS, type ContentItem, type SealableRecord, type SubjectDraft } from '#provenance';
import type { VersionWrite } from '../change.js';
import type { SourceDelivery } from './delivery.js';

/** A version that a delivery brings about. */
export interface Intaken {
  readonly version: VersionWrite;
  /** The version that it follows. */
  readonly replaces: string | null;
  /** SHA-256 of the payload that it came in; a deletion came in none. */
  readonly upstream: string | undefined;
  /** `undefined` for what is nobody's. */
  readonly provenance: VersionWrite | undefined;
}

/** What a record says of a delivery. */
export interface RecordedDelivery {
  readonly delivery: SourceDelivery;
  readonly intaken: readonly Intaken[];
  /** The persons of patients, links that this delivery makes included. */
  readonly personOf: ReadonlyMap<string, string>;
  readonly salt: Uint8Array;
}

/**
 * The record of a delivery, class 08: which versions came from which payloads, one sub-entry per person concerned, and
 * one of nobody for what is nobody's. That of a message names the person whom it is about also where nothing changed.
 */
export function intakeRecord(
  at: { readonly id: string; readonly timeMs: number },
  recorded: RecordedDelivery,
): SealableRecord {
  const { source, lineage } = recorded.delivery;
  return {
    class: ENTRY_CLASS.intake,
    op: {
      id: at.id,
      time: new Date(at.timeMs).toISOString(),
      phase: 'single',
      interaction: 'intake',
      outcome: 'success',
      status: 200,
      block: null,
    },
    actor: {
      client: `source:${source}`,
      user: null,
      organization: null,
      roles: [],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: {
      method: lineage === undefined ? 'PULL' : 'MLLP',
      path: `/sources/${source}`,
      parameters: new Uint8Array(),
      requestId: at.id,
      intent: null,
    },
    subjects: subjectsOf(recorded),
  };
}

function subjectsOf(recorded: RecordedDelivery): readonly SubjectDraft[] {
  const { delivery, intaken, personOf } = recorded;
  const byPerson = new Map<string | undefined, Intaken[]>();
  for (const one of intaken) {
    const persons = new Set(one.version.patients.map(({ patient }) => personOf.get(patient)));
    for (const person of persons.size === 0 ? [undefined] : persons) {
      const theirs = byPerson.get(person) ?? [];
      theirs.push(one);
      byPerson.set(person, theirs);
    }
  }
  if (delivery.lineage !== undefined) {
    const about = delivery.patient === undefined ? undefined : personOf.get(delivery.patient.id);
    if (about !== undefined || byPerson.size === 0) byPerson.set(about, byPerson.get(about) ?? []);
  }
  const links = linksOf(recorded);
  return [...byPerson].map(([person, theirs]) => subjectOf(person, theirs, links));
}

function subjectOf(person: string | undefined, intaken: readonly Intaken[], links: JsonObject): SubjectDraft {
  return {
    person,
    patient: null,
    binding: null,
    content: intaken.flatMap(({ version, provenance }) =>
      provenance === undefined ? [contentOf(version)] : [contentOf(version), contentOf(provenance)],
    ),
    wire: undefined,
    upstream: [...new Set(intaken.flatMap(({ upstream }) => (upstream === undefined ? [] : [upstream])))],
    decision: { effect: 'permit', code: null, basis: [], obligations: [] },
    links,
  };
}

/** Where it came from. `salt` opens what the Provenance of the versions says of payloads. */
function linksOf({ delivery: { source, lineage }, salt }: RecordedDelivery): JsonObject {
  const origin = { source, salt: toHex(salt) };
  if (lineage === undefined) return origin;
  const { digest, sender, converter, inboxId } = lineage;
  return { ...origin, digest, sender, converter: { ...converter }, inbox: inboxId };
}

function contentOf({ type, id, versionId, canon }: VersionWrite): ContentItem {
  return { type, id, versionId, canon };
}
