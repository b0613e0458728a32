import { patientsNamed } from '#fhir';
import type { DataInteraction, Scoped, Subjected } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';

/** Whose record is named, and the rules of those persons. Nobody named is not a refusal: the visible set is the answer. */
export async function subject<I extends DataInteraction>(
  state: Scoped<I>,
  parts: Parts,
): Promise<Advance<Subjected<I>>> {
  const patients = patientsNamed(state.interaction);
  const persons = await parts.rules.personsOf(patients);
  const named = patients.map((patient) => ({ patient, person: persons.get(patient) }));
  const known = [...new Set(persons.values())];
  return go({ ...state, named, ruleSets: await parts.rules.ruleSets(known) });
}
