import type { ErrorCode } from '#outcome';
import type { Interaction, WriteInteraction } from '#fhir';
import type { Decided, Found, Identified } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { NamedPerson } from '#http';
import type { Parts } from '../parts.js';
import { decisionOf } from './decide.js';
import { foundOne } from './found-one.js';
import { termsFor } from './scope.js';

type Changing = Exclude<WriteInteraction, { kind: 'create' }>;

/**
 * The version that is to be changed, where its patients permit changing it. One that the caller may read and not change is
 * `consent-denied`; for everything else, hidden or never there, the answer is the constant `not-found`, after the same queries.
 */
export async function queryTarget<State extends Decided<Changing>>(
  state: State,
  parts: Parts,
): Promise<Advance<State & Found<Changing>>> {
  const found = foundOne(await parts.resources.read(state.permit, state.interaction.ref));
  if (found.rows.length > 0) return go({ ...state, ...found });
  const named = [...state.named, ...othersOf(state.named, found.owners.persons)];
  return { kind: 'refuse', code: await codeOf(state, parts), at: { ...state, named } };
}

async function codeOf(state: Decided<Changing>, parts: Parts): Promise<ErrorCode> {
  const interaction: Extract<Interaction, { kind: 'read' }> = { kind: 'read', ref: state.interaction.ref };
  const decision = await decisionOf({ ...state, interaction, terms: readTerms(state, parts) }, parts);
  if (decision.kind === 'refusal') return 'not-found';
  const seen = await parts.resources.read(decision.permit, interaction.ref);
  return seen.kind === 'found' ? 'consent-denied' : 'not-found';
}

function readTerms(state: Identified, parts: Parts) {
  return termsFor(state, 'read', parts);
}

function othersOf(named: readonly NamedPerson[], owners: readonly NamedPerson[]): readonly NamedPerson[] {
  const known = new Set(named.map(({ person }) => person));
  return owners.filter(({ person }) => !known.has(person));
}
