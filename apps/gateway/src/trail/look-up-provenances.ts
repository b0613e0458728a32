import { writeJson, type JsonObject } from '#digest';
import { loggedProvenance, searchBundle, type Interaction } from '#fhir';
import { renderError, type NamedPerson, type Rendered } from '#http';
import { GatewayError } from '#outcome';
import type { Parts } from '../parts.js';
import { fhirBytes, fhirJson } from './fhir-json.js';
import {
  findProvenance,
  findProvenances,
  type FoundProvenances,
  type ProvenanceParts,
} from './find-provenances.js';
import type { MadeProvenance } from './made-provenances.js';
import { provenanceQuestion, writePlace, type ProvenanceQuestion } from './provenance-look.js';

type One = Extract<Interaction, { kind: 'read' | 'vread' }>;
type Search = Extract<Interaction, { kind: 'search-type' }>;

/** What an auditor may ask of Provenances. */
export type ProvenanceAsked = One | Search;

/** What is about to leave, and whom it concerns: whoever was shown, or of a 404 whom it kept hidden. */
export interface LookedUp {
  readonly answer: Rendered;
  readonly concerned: readonly NamedPerson[];
}

/** Answers a question about Provenances from the log's records alone: no stored resource is read. */
export function lookUpProvenances(asked: ProvenanceAsked, parts: Parts): Promise<LookedUp> {
  return asked.kind === 'search-type' ? search(asked, parts) : one(asked, parts);
}

/** One that a source delivered, or of another version than was asked for, is the same 404 as none. */
async function one(asked: One, parts: Parts): Promise<LookedUp> {
  const { made, accesses } = await findProvenance(asked.ref.id, parts);
  const concerned = personsOf(accesses);
  if (made === undefined || (asked.kind === 'vread' && asked.versionId !== made.versionId)) {
    return { answer: renderError(new GatewayError('not-found')), concerned };
  }
  return { answer: fhirJson(200, resourceOf(made, parts)), concerned };
}

async function search(interaction: Search, parts: Parts): Promise<LookedUp> {
  const question = await provenanceQuestion(interaction.search, parts);
  const { shown, next } = await findAsked(question, parts);
  const body = searchBundle({
    base: parts.fhirBase,
    interaction,
    next: next === undefined ? undefined : writePlace(next),
    total: undefined,
    entries: shown.map((made) => ({
      type: 'Provenance',
      id: made.id,
      bytes: Buffer.from(writeJson(resourceOf(made, parts)), 'utf8'),
      mode: 'match',
    })),
  });
  return { answer: fhirBytes(200, body), concerned: personsOf(shown.flatMap(({ accesses }) => accesses)) };
}

/** Finds what a search asks for. */
export function findAsked(question: ProvenanceQuestion, parts: ProvenanceParts): Promise<FoundProvenances> {
  switch (question.kind) {
    case 'records':
      return findProvenances(question.look, parts);
    case 'ids':
      return byIds(question, parts);
    default:
      return question satisfies never;
  }
}

/** They are few: a page is a part of all of them. */
async function byIds(
  { ids, look }: Extract<ProvenanceQuestion, { kind: 'ids' }>,
  parts: ProvenanceParts,
): Promise<FoundProvenances> {
  const all: MadeProvenance[] = [];
  for (const id of ids) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { made } = await findProvenance(id, parts);
    if (made !== undefined && look.fits(made)) all.push(made);
  }
  const { skip = 0 } = look.from ?? {};
  const end = skip + look.count;
  const shown = all.toSorted((a, b) => (a.index < b.index ? 1 : -1)).slice(skip, end);
  return { shown, next: end < all.length ? { index: 0n, position: 0, skip: end } : undefined };
}

function resourceOf(made: MadeProvenance, { origin }: Pick<Parts, 'origin'>): JsonObject {
  return loggedProvenance(made, origin);
}

function personsOf(accesses: MadeProvenance['accesses']): readonly NamedPerson[] {
  return accesses.map(({ person, patient }) => ({ person, patient: patient ?? '' }));
}
