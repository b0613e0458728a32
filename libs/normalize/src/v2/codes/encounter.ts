// Visits: class, status, admission, diagnoses. What the HL7 v2-to-FHIR concept maps (PatientClass[EncounterClass],
// PatientClass[EncounterStatus], Event[EncounterStatus], AdmissionType, AdmissionLevelOfCareCode,
// AmbulatoryStatus, BedStatus, EncounterPriority, EventReason, HospitalService, ModeOfArrivalCode,
// ReadmissionIndicator, VisitUserCode, DiagnosisType) state.
import { type CodeTable, codeTable, sameCodes } from './code-table.js';

/** Table 0004 → http://terminology.hl7.org/CodeSystem/v2-0004. */
export const patientClassEncounterClass: CodeTable = codeTable(
  'http://terminology.hl7.org/CodeSystem/v2-0004',
  {
    E: ['EMER', 'emergency', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
    I: ['IMP', 'inpatient encounter', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
    O: ['AMB', 'ambulatory', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
    P: ['PRENC', 'pre-admission', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
    R: ['R', 'Recurring patient'],
    B: ['B', 'Obstetrics'],
    C: ['C', 'Commercial Account'],
    N: ['N', 'Not Applicable'],
    U: ['U', 'Unknown'],
  },
);

/** Table 0004 → http://hl7.org/fhir/encounter-status. */
export const patientClassEncounterStatus: CodeTable = codeTable('http://hl7.org/fhir/encounter-status', {
  E: ['in-progress'],
  I: ['in-progress'],
  O: ['in-progress'],
  P: ['planned'],
  R: ['in-progress'],
  B: ['in-progress'],
  C: ['in-progress'],
  N: ['in-progress'],
  U: ['unknown'],
});

/** Table 0003 → http://hl7.org/fhir/encounter-status. */
export const eventEncounterStatus: CodeTable = codeTable('http://hl7.org/fhir/encounter-status', {
  A01: ['in-progress', 'In Progress'],
  A02: ['in-progress', 'In Progress'],
  A03: ['finished', 'Finished'],
  A04: ['planned', 'Planned'],
  A05: ['planned', 'Planned'],
  A08: ['unknown', 'Unknown'],
  A11: ['cancelled', 'Cancelled'],
  A13: ['in-progress', 'In Progress'],
});

/** Table 0007 → http://terminology.hl7.org/CodeSystem/v2-0007. */
export const admissionType: CodeTable = sameCodes('http://terminology.hl7.org/CodeSystem/v2-0007', {
  A: 'Accident',
  E: 'Emergency',
  L: 'Labor and Delivery',
  R: 'Routine',
  N: 'Newborn (Birth in healthcare facility)',
  U: 'Urgent',
  C: 'Elective',
});

/** Table 0432 → http://terminology.hl7.org/CodeSystem/v2-0432. */
export const admissionLevelOfCareCode: CodeTable = sameCodes(
  'http://terminology.hl7.org/CodeSystem/v2-0432',
  {
    AC: 'Acute',
    CH: 'Chronic',
    CO: 'Comatose',
    CR: 'Critical',
    IM: 'Improved',
    MO: 'Moribund',
  },
);

/** Table 0009 → http://terminology.hl7.org/CodeSystem/v2-0009. */
export const ambulatoryStatus: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v2-0009', {
  A2: ['wheel', 'Wheelchair', 'http://terminology.hl7.org/CodeSystem/encounter-special-arrangements'],
  A3: ['A3', 'Comatose; non-responsive'],
  A4: ['A4', 'Disoriented'],
  A5: ['A5', 'Vision impaired'],
  A6: ['A6', 'Hearing impaired'],
  A7: ['A7', 'Speech impaired'],
  A8: ['A8', 'Non-English speaking'],
  A9: ['A9', 'Functional level unknown'],
  B1: ['B1', 'Oxygen therapy'],
  B2: ['B2', 'Special equipment (tubes, IVs, catheters)'],
  B3: ['B3', 'Amputee'],
  B4: ['B4', 'Mastectomy'],
  B5: ['B5', 'Paraplegic'],
  B6: ['B6', 'Pregnant'],
});

/** Table 0116 → http://terminology.hl7.org/CodeSystem/v2-0116. */
export const bedStatus: CodeTable = sameCodes('http://terminology.hl7.org/CodeSystem/v2-0116', {
  C: 'Closed',
  H: 'Housekeeping',
  O: 'Occupied',
  U: 'Unoccupied',
  K: 'Contaminated',
  I: 'Isolated',
});

/** Table 0217 → http://terminology.hl7.org/CodeSystem/v3-ActPriority. */
export const encounterPriority: CodeTable = codeTable(
  'http://terminology.hl7.org/CodeSystem/v3-ActPriority',
  {
    1: ['EM', 'emergency'],
    2: ['UR', 'urgent'],
    3: ['EL', 'elective'],
  },
);

/** Table 0062 → http://terminology.hl7.org/CodeSystem/v3-ActReason. */
export const eventReason: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v3-ActReason', {
  '01': ['PATRQT', 'patient requested'],
  '02': ['TREAT', 'treatment'],
  '03': ['HOPERAT', 'healthcare operations'],
  O: ['O', 'Other', 'http://terminology.hl7.org/CodeSystem/v2-0062'],
  U: ['U', 'Unknown', 'http://terminology.hl7.org/CodeSystem/v2-0062'],
});

/** Table 0069 → http://terminology.hl7.org/CodeSystem/v2-0069. */
export const hospitalService: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v2-0069', {
  MED: ['382', 'Medical Services', 'http://terminology.hl7.org/CodeSystem/service-type'],
  SUR: ['SUR', 'Surgical Service'],
  URO: ['222', 'Urology', 'http://terminology.hl7.org/CodeSystem/service-type'],
  PUL: ['PUL', 'Pulmonary Service'],
  CAR: ['CAR', 'Cardiac Service'],
});

/** Table 0430 → http://terminology.hl7.org/CodeSystem/v2-0430. */
export const modeOfArrivalCode: CodeTable = sameCodes('http://terminology.hl7.org/CodeSystem/v2-0430', {
  A: 'Ambulance',
  C: 'Car',
  F: 'On foot',
  H: 'Helicopter',
  P: 'Public Transport',
  O: 'Other',
  U: 'Unknown',
});

/** Table 0092 → http://terminology.hl7.org/CodeSystem/v2-0092. */
export const readmissionIndicator: CodeTable = sameCodes('http://terminology.hl7.org/CodeSystem/v2-0092', {
  R: 'Re-admission',
});

/** Table 0130 → http://terminology.hl7.org/CodeSystem/v2-0130. */
export const visitUserCode: CodeTable = sameCodes('http://terminology.hl7.org/CodeSystem/v2-0130', {
  TE: 'Teaching',
  HO: 'Home',
  MO: 'Mobile Unit',
  PH: 'Phone',
});

/** Table 0052 → http://terminology.hl7.org/CodeSystem/diagnosis-role. */
export const diagnosisType: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/diagnosis-role', {
  A: ['AD', 'Admission Diagnosis'],
});
