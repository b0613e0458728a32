import { isRefused, type AuditedAccess } from './audited-access.js';

/** Canonical base of Proviso's own definitions; they are in `fhir-profiles/`. */
export const DEFINITIONS = 'https://proviso.example/fhir';
/** Code system of interactions that FHIR does not define. */
export const INTERACTIONS_SYSTEM = `${DEFINITIONS}/CodeSystem/interaction`;
const REST_SYSTEM = 'http://hl7.org/fhir/restful-interaction';
const BALP = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.';
const PROVISO = `${DEFINITIONS}/StructureDefinition/proviso-audit-event`;
const INTAKE_CLASS = 8;

/** A code of a system. */
export interface Code {
  readonly system: string;
  readonly code: string;
}

/** How an interaction is told in an AuditEvent. */
export interface AuditKind {
  readonly type: Code;
  readonly subtype: Code;
  /** C, R, U, D or E. */
  readonly action: string;
  /** Whether data goes from the server to the client: who is source, who is destination. */
  readonly flows: 'to-client' | 'to-server';
  /** Profiles that the event claims. */
  readonly profiles: readonly string[];
}

interface Row {
  readonly action: string;
  readonly flows: AuditKind['flows'];
  /** Last part of BALP's profile of a success with a patient. */
  readonly balp?: string;
}

/** Interactions of FHIR. In a query it is the parameters that count as what flows: BALP has it so. */
const ROWS: Readonly<Record<string, Row>> = {
  read: { action: 'R', flows: 'to-client', balp: 'PatientRead' },
  vread: { action: 'R', flows: 'to-client', balp: 'PatientRead' },
  'history-instance': { action: 'R', flows: 'to-client' },
  'search-type': { action: 'E', flows: 'to-server', balp: 'PatientQuery' },
  create: { action: 'C', flows: 'to-server', balp: 'PatientCreate' },
  update: { action: 'U', flows: 'to-server', balp: 'PatientUpdate' },
  patch: { action: 'U', flows: 'to-server', balp: 'PatientUpdate' },
  delete: { action: 'D', flows: 'to-server', balp: 'PatientDelete' },
};
const OTHER: Row = { action: 'E', flows: 'to-server' };

/** How an access is told: as FHIR's interaction where it is one, as Proviso's own where not. */
export function auditKind(access: AuditedAccess): AuditKind {
  const { interaction } = access;
  const row = Object.hasOwn(ROWS, interaction) ? ROWS[interaction] : undefined;
  const { action, flows } = row ?? OTHER;
  return {
    type: typeOf(access),
    subtype: { system: row === undefined ? INTERACTIONS_SYSTEM : REST_SYSTEM, code: interaction },
    action,
    flows,
    profiles: [PROVISO, ...balpOf(access, row)],
  };
}

function typeOf(access: AuditedAccess): Code {
  return access.class === INTAKE_CLASS && access.interaction === 'intake'
    ? { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110107' }
    : { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' };
}

/** BALP's profiles are of successes with a patient; those of one resource have exactly one. */
function balpOf(access: AuditedAccess, row: Row | undefined): readonly string[] {
  if (row?.balp === undefined || isRefused(access) || access.patient === null) return [];
  const whole = row.balp === 'PatientQuery' || access.items.length === 1;
  return whole ? [`${BALP}${row.balp}`] : [];
}
