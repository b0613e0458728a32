import type { JsonObject } from '#digest';
import { DIRECTORY_TYPES, patientsOf, UNKNOWN_PATIENT, validateResource } from '#fhir';
import { GatewayError } from '#outcome';
import { go, type Advance } from '../line.js';
import type { Revised } from '../writing.js';
import { typeOf } from './scope.js';
import { MAX_PATIENTS } from './subject-written.js';

/** Places that an error names at most. */
const MAX_PLACES = 20;

/**
 * Whether it is FHIR, and about somebody. Throws `profile-invalid`, which names places and rules: what a resource refers to is
 * not looked up, so that whether something is there is not told.
 */
export async function validate<State extends Revised>(state: State): Promise<Advance<State>> {
  const { revision } = state;
  if (revision.kind === 'content') {
    checkStructure(revision.resource);
    checkPatients(revision.resource, typeOf(state.interaction));
  }
  return go(state);
}

function checkStructure(resource: JsonObject): void {
  const issues = validateResource(resource);
  if (issues.length === 0) return;
  const places = new Set(issues.map(({ expression }) => expression).filter((place) => place !== ''));
  const rules = new Set(issues.map(({ rule }) => rule));
  throw new GatewayError('profile-invalid', {
    expression: [...places].slice(0, MAX_PLACES),
    details: `Rules: ${[...rules].join(', ')}`,
  });
}

/** Of the directory nobody may be named, of everything else somebody must be, by references to Patients of ours alone. */
function checkPatients(resource: JsonObject, type: string): void {
  const patients = patientsOf(resource);
  if (patients.length > MAX_PATIENTS) throw new GatewayError('too-large');
  const isTold = patients.every(({ patient }) => patient !== UNKNOWN_PATIENT);
  if (isTold && patients.length > 0 !== DIRECTORY_TYPES.includes(type)) return;
  throw new GatewayError('profile-invalid', {
    expression: [type],
    details: 'A patient must be named by a reference of the form Patient/id.',
  });
}
