import { PATIENT_COMPARTMENT } from './generated/patient-compartment.js';
import { DIRECTORY_TYPES } from './resource-types.js';

/** Types that can be served at all: those of the Patient compartment and the directory. The others have nobody to permit them. */
export const SERVED_TYPES: readonly string[] = [
  ...new Set([...Object.keys(PATIENT_COMPARTMENT), ...DIRECTORY_TYPES]),
].toSorted((a, b) => (a < b ? -1 : 1));

/**
 * Types that nobody writes through the API, whatever a scope or a Consent says: who may see whom (Consent, Group, RelatedPerson,
 * CareTeam), who is who (Patient, Person), and what is told of how a record came about (Provenance, AuditEvent). Whoever could
 * write them could grant himself access, or unsay what he did.
 */
export const NEVER_WRITTEN: readonly string[] = [
  'AuditEvent',
  'CareTeam',
  'Consent',
  'Group',
  'Patient',
  'Person',
  'Provenance',
  'RelatedPerson',
];

/** Types that a client may write, where scopes and Consents let it. */
export const WRITTEN_TYPES: readonly string[] = SERVED_TYPES.filter((type) => !NEVER_WRITTEN.includes(type));
