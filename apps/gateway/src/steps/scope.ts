import { actionOf, PROVENANCE, type ScopeTerm } from '#consent';
import { DIRECTORY_TYPES, parseSearch, PATIENT_TYPES } from '#fhir';
import { GatewayError } from '#outcome';
import { isGranular } from '#search';
import { covers, type Principal, type ResourceScope } from '#smart';
import type { DataInteraction, Identified, Scoped } from '../exchange.js';
import { go, type Advance } from '../line.js';
import { ownPatientOf } from '../own-patient-of.js';
import type { Parts } from '../parts.js';

/**
 * Whether the token's scopes cover the interaction. Those that do are a union, and become part of the predicate. A scope of
 * patient level covers what a person's own app reads of her; of any other caller it covers nothing, rather than everybody.
 */
export async function scope<I extends DataInteraction>(
  state: Identified<I>,
  parts: Pick<Parts, 'limits'>,
): Promise<Advance<Scoped<I>>> {
  const type = typeOf(state.interaction);
  const terms = termsFor(state, state.interaction.kind, parts);
  if (terms.length === 0) return { kind: 'refuse', code: 'scope-insufficient', at: state };
  return go({ ...state, terms: type === PROVENANCE ? [...terms, ...targetTerms(state)] : terms });
}

/** The scopes that cover another interaction with the same type, as terms. */
export function termsFor(
  { principal, interaction }: Identified,
  kind: DataInteraction['kind'],
  parts: Pick<Parts, 'limits'>,
): readonly ScopeTerm[] {
  const type = typeOf(interaction);
  return covers(usableScopes(principal, kind), kind, type)
    .filter(({ level }) => level !== 'patient' || !DIRECTORY_TYPES.includes(type))
    .flatMap((each) => termsOf(each, type, parts));
}

/** Scopes of patient level are for reading by the person's own app alone. */
function usableScopes(principal: Principal, kind: DataInteraction['kind']): readonly ResourceScope[] {
  const ofHers = ownPatientOf(principal) !== undefined && actionOf(kind) === 'access';
  return principal.scopes.filter(({ level }) => level !== 'patient' || ofHers);
}

/** Types that are covered whole: of these alone a Provenance may tell. */
function targetTerms({ principal, interaction }: Identified): readonly ScopeTerm[] {
  const whole = usableScopes(principal, interaction.kind).filter(({ params }) => params.length === 0);
  return PATIENT_TYPES.filter(
    (type) => type !== PROVENANCE && covers(whole, interaction.kind, type).length > 0,
  ).map((type) => ({ type, criteria: [] }));
}

/** The resource type that an interaction is about. */
export function typeOf(interaction: DataInteraction): string {
  return 'ref' in interaction ? interaction.ref.type : interaction.type;
}

/**
 * A scope with its granular parameters as search criteria on the type at hand; none where a parameter means nothing there,
 * since a constraint that is not applied would widen access.
 */
function termsOf(
  covering: ResourceScope,
  type: string,
  { limits }: Pick<Parts, 'limits'>,
): readonly ScopeTerm[] {
  try {
    const { criteria } = parseSearch(type, covering.params, { ...limits.pages, lenient: false });
    return criteria.every(isGranular) ? [{ type, criteria }] : [];
  } catch (error) {
    if (error instanceof GatewayError) return [];
    throw error;
  }
}
