import { patientsNamed } from '#fhir';
import type { DataInteraction, Scoped, Subjected } from '../exchange.js';
import { go, type Advance } from '../line.js';
import { ownPatientOf } from '../own-patient-of.js';
import type { Parts } from '../parts.js';

/** Whose record is named, who asks for her own, and the rules of those who are named. Nobody named is not a refusal: the visible set is the answer. */
export async function subject<I extends DataInteraction>(
  state: Scoped<I>,
  parts: Parts,
): Promise<Advance<Subjected<I>>> {
  const patients = patientsNamed(state.interaction);
  const own = ownPatientOf(state.principal);
  const persons = await parts.rules.personsOf(own === undefined ? patients : [...patients, own]);
  const named = patients.map((patient) => ({ patient, person: persons.get(patient) }));
  const known = [...new Set(named.flatMap(({ person }) => person ?? []))];
  const ruleSets = await parts.rules.ruleSets(known);
  const asked = { ...state, named, ruleSets };
  return go(own === undefined ? asked : { ...asked, own: { patient: own, person: persons.get(own) } });
}
