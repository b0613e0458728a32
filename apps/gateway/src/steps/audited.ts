import { decideTrail, PROVENANCE, type PolicyBasis } from '#consent';
import { refusedSubject, sealAnswer } from '#http';
import { GatewayError } from '#outcome';
import { covers, type Principal } from '#smart';
import type { Identified, ReadInteraction } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { lookUpProvenances, type ProvenanceAsked } from '../trail/look-up-provenances.js';
import { namedOf, sealableLook, trailSubjects } from '../trail/serve-trail.js';
import { typeOf } from './scope.js';

/**
 * An auditor's question about Provenance is answered from the trail: what the log's records tell of those that were made here,
 * by the policy P-AUDIT. It never comes to the store of resources. Everybody else goes on, and so does every other question.
 */
export async function audited<I extends ReadInteraction>(
  state: Identified<I>,
  parts: Parts,
): Promise<Advance<Identified<I>>> {
  const asked = askedOf(state.interaction);
  const basis = asked === undefined ? undefined : auditorsBasis(state.principal, asked);
  if (asked === undefined || basis === undefined) return go(state);
  const { request, principal } = state;
  const named = await namedOf(asked.kind === 'search-type' ? asked.search.patients : [], parts);
  const { answer, concerned } = await lookUpProvenances(asked, parts);
  if (answer.body.byteLength > parts.limits.answerBytes) throw new GatewayError('too-large');
  const subjects =
    answer.status < 400
      ? trailSubjects([...named, ...concerned], basis, answer.body)
      : concerned.map((one) => refusedSubject(one, 'not-found'));
  const look = { interaction: asked.kind, request, principal, subjects, answer };
  return { kind: 'answered', sealed: await sealAnswer(sealableLook(look, parts), parts) };
}

/** What the trail can answer. Histories it has none: what was made here has one version. */
function askedOf(interaction: ReadInteraction): ProvenanceAsked | undefined {
  return interaction.kind === 'history-instance' || typeOf(interaction) !== PROVENANCE
    ? undefined
    : interaction;
}

/**
 * The policy, where the token says that an auditor asks: by a scope of system level that names Provenance and covers it whole.
 * A scope on everything speaks of stored resources, and goes on by Consents.
 */
function auditorsBasis({ scopes, roles }: Principal, { kind }: ProvenanceAsked): PolicyBasis | undefined {
  const whole = scopes.filter(({ type, params }) => type === PROVENANCE && params.length === 0);
  const levels = covers(whole, kind, PROVENANCE).map(({ level }) => level);
  const decision = decideTrail({ levels, roles, own: undefined, named: [] });
  return decision.kind === 'everybody' ? decision.basis : undefined;
}
