import type { JsonObject, JsonValue } from '#digest';
import { PATIENT_COMPARTMENT } from './generated/patient-compartment.js';
import { isObject, listOf, textOf } from './json-shape.js';
import { growPathTree, walkPathTree, type PathTree } from './path-tree.js';
import { parseReference, type ReferenceTarget } from './reference.js';

/** A patient of a resource, and whether the resource is about them (`subject`) or names them besides (`other`). */
export interface PatientOf {
  readonly patient: string;
  readonly role: 'subject' | 'other';
}

/** Stands for a patient whom the store cannot tie to a record of its own: nobody's permit covers it. */
export const UNKNOWN_PATIENT = '?';

/** Types of which a resource may be somebody's by the Patient CompartmentDefinition. */
export const PATIENT_TYPES: readonly string[] = [
  ...new Set(['Patient', ...Object.keys(PATIENT_COMPARTMENT)]),
];

/**
 * Names the patients of what a Provenance is about, as `Provenance.patient` of R5 does.
 * @see https://hl7.org/fhir/R5/provenance-definitions.html#Provenance.patient
 */
export const PROVENANCE_PATIENT = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Provenance.patient';

/** Compartment parameters by which a resource is about the patient, rather than by or with them. */
const SUBJECT_PARAMETERS: ReadonlySet<string> = new Set(['subject', 'patient', 'beneficiary', 'individual']);

/** A path of the compartment. */
interface Member {
  readonly role: PatientOf['role'];
  /** The element itself says whom the resource is about: who is there and cannot be told is a patient, not nobody. */
  readonly mustTell: boolean;
}

const trees = new Map<string, PathTree<Member> | undefined>();

/**
 * The patients of a resource by the Patient CompartmentDefinition; a Patient is its own subject.
 *
 * References outside the compartment (`Observation.focus`, `Device.patient`) make nobody a patient of it. A member that
 * may be a patient and cannot be resolved (another server's, contained, by identifier alone) counts as `UNKNOWN_PATIENT`,
 * so that it is never mistaken for no patient; a subject also where it is told by a name alone. Contained resources count with their own patients, as others.
 * A resource with one patient only is about that patient.
 * @see https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */
export function patientsOf(resource: JsonObject): readonly PatientOf[] {
  const roles = new Map<string, PatientOf['role']>();
  const add = (patient: string, role: PatientOf['role']) => {
    if (role === 'subject' || !roles.has(patient)) roles.set(patient, role);
  };
  if (resource['resourceType'] === 'Patient') add(textOf(resource, 'id') ?? UNKNOWN_PATIENT, 'subject');
  addMembers(resource, resource, add);
  for (const contained of listOf(resource['contained'])) {
    if (!isObject(contained)) continue;
    if (contained['resourceType'] === 'Patient') add(UNKNOWN_PATIENT, 'other');
    addMembers(contained, resource, (patient) => add(patient, 'other'));
  }
  const [only, ...rest] = roles.keys();
  if (only !== undefined && rest.length === 0) return [{ patient: only, role: 'subject' }];
  return [...roles].map(([patient, role]) => ({ patient, role }));
}

/** Adds the patients that the compartment's paths reach; `#` references are looked up in `outer`. */
function addMembers(
  resource: JsonObject,
  outer: JsonObject,
  add: (patient: string, role: PatientOf['role']) => void,
): void {
  const tree = treeOf(textOf(resource, 'resourceType') ?? '');
  if (tree === undefined) return;
  walkPathTree(tree, resource, ({ role, mustTell }, value) => {
    const patient = patientOf(value, outer, mustTell);
    if (patient !== undefined) add(patient, role);
  });
}

/** Whether a search parameter of a type names the patient whom the resource is about. */
export function namesSubject(type: string, param: string): boolean {
  const lines = PATIENT_COMPARTMENT[type] ?? [];
  return param === 'patient' || (SUBJECT_PARAMETERS.has(param) && lines.length > 0);
}

function treeOf(type: string): PathTree<Member> | undefined {
  if (trees.has(type)) return trees.get(type);
  const lines = Object.hasOwn(PATIENT_COMPARTMENT, type) ? PATIENT_COMPARTMENT[type] : undefined;
  if (lines === undefined) return undefined;
  const tree = growPathTree(lines.map(pathOf));
  trees.set(type, tree);
  return tree;
}

function pathOf(line: string): [string, Member] {
  const [param = '', leaf = ''] = line.split(' ');
  const path = leaf.slice(0, leaf.indexOf(':'));
  const role = SUBJECT_PARAMETERS.has(param) ? 'subject' : 'other';
  return [path, { role, mustTell: role === 'subject' && !path.includes('.') }];
}

function patientOf(value: JsonValue, resource: JsonObject, mustTell: boolean): string | undefined {
  if (!isObject(value)) return undefined;
  const reference = textOf(value, 'reference');
  if (reference === undefined) {
    const type = textOf(value, 'type') ?? (mustTell ? 'Patient' : undefined);
    return type === 'Patient' ? UNKNOWN_PATIENT : undefined;
  }
  const target = parseReference(reference);
  if (target.kind === 'local') return target.type === 'Patient' ? target.id : undefined;
  return mayBePatient(target, resource) ? UNKNOWN_PATIENT : undefined;
}

function mayBePatient(target: ReferenceTarget, resource: JsonObject): boolean {
  if (target.kind === 'contained') return isContainedPatient(resource, target.id);
  return target.kind === 'other' || target.type === 'Patient';
}

/** Whether `#id` is, or may be, a patient: what is not among the contained resources may be one. */
function isContainedPatient(resource: JsonObject, id: string): boolean {
  const found = listOf(resource['contained']).find((one) => isObject(one) && one['id'] === id);
  return !isObject(found) || found['resourceType'] === 'Patient';
}
