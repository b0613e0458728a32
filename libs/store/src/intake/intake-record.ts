import { ENTRY_CLASS, type ContentItem, type SealableRecord, type SubjectDraft } from '#provenance';
import type { VersionWrite } from '../change.js';
import type { SourceDelivery } from './delivery.js';

/** A version that a delivery brings about, with the payload that it came in; a deletion came in none. */
export interface Intaken {
  readonly version: VersionWrite;
  readonly upstream: string | undefined;
}

/**
 * The record of a delivery, class 08: which versions came from which payloads, one sub-entry per person concerned, and
 * one of nobody for what is nobody's.
 * @param personOf the persons of patients, links that this delivery makes included
 */
export function intakeRecord(
  at: { readonly id: string; readonly timeMs: number },
  delivery: SourceDelivery,
  intaken: readonly Intaken[],
  personOf: ReadonlyMap<string, string>,
): SealableRecord {
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
      client: `source:${delivery.source}`,
      user: null,
      organization: null,
      roles: [],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: {
      method: 'PULL',
      path: `/sources/${delivery.source}`,
      parameters: new Uint8Array(),
      requestId: at.id,
      intent: null,
    },
    subjects: subjectsOf(delivery.source, intaken, personOf),
  };
}

function subjectsOf(
  source: string,
  intaken: readonly Intaken[],
  personOf: ReadonlyMap<string, string>,
): readonly SubjectDraft[] {
  const byPerson = new Map<string | undefined, Intaken[]>();
  for (const one of intaken) {
    const persons = new Set(one.version.patients.map(({ patient }) => personOf.get(patient)));
    for (const person of persons.size === 0 ? [undefined] : persons) {
      const theirs = byPerson.get(person) ?? [];
      theirs.push(one);
      byPerson.set(person, theirs);
    }
  }
  return [...byPerson].map(([person, theirs]) => ({
    person,
    patient: null,
    binding: null,
    content: theirs.map(({ version }) => contentOf(version)),
    wire: undefined,
    upstream: [...new Set(theirs.flatMap(({ upstream }) => (upstream === undefined ? [] : [upstream])))],
    decision: { effect: 'permit', code: null, basis: [], obligations: [] },
    links: { source },
  }));
}

function contentOf({ type, id, versionId, canon }: VersionWrite): ContentItem {
  return { type, id, versionId, canon };
}
