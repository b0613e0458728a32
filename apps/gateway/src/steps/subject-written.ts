import { patientsOf, UNKNOWN_PATIENT, type WriteInteraction } from '#fhir';
import { GatewayError } from '#outcome';
import type { Refreshed } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import type { Received, Sent } from '../writing.js';

/** Patients of one resource at most: each of them must permit, and has a part of the record. */
export const MAX_PATIENTS = 64;

/** Whom the content names, for the record whatever becomes of the write. No source is asked for what is about to be written. */
export async function subjectWritten<I extends WriteInteraction>(
  state: Received<I>,
  parts: Parts,
): Promise<Advance<Received<I> & Refreshed<I>>> {
  const patients = namedIn(state.sent);
  if (patients.length > MAX_PATIENTS) throw new GatewayError('too-large');
  const persons = await parts.rules.personsOf(patients);
  const named = patients.map((patient) => ({ patient, person: persons.get(patient) }));
  return go({ ...state, named, ruleSets: [], unreachable: [] });
}

function namedIn(sent: Sent): readonly string[] {
  if (sent.kind !== 'resource') return [];
  return patientsOf(sent.resource)
    .map(({ patient }) => patient)
    .filter((patient) => patient !== UNKNOWN_PATIENT);
}
