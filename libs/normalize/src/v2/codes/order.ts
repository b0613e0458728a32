// Orders: control, status, priority; flags; kinds of comments. What the HL7 v2-to-FHIR concept maps
// (OrderControlCode[ServiceRequest.status], OrderStatus, OrderType, ExtendedPriorityCodes, CommentType,
// YesNoIndicator, YesNoIndicator[AvailabilityStatus]) state.
import { type CodeTable, codeTable, sameCodes } from './code-table.js';

/** Table 0119 → http://hl7.org/fhir/request-status. */
export const orderControlCodeServiceRequestStatus: CodeTable = codeTable(
  'http://hl7.org/fhir/request-status',
  {
    AF: ['active', 'Active'],
    CA: ['active', 'Active'],
    CR: ['revoked', 'Revoked'],
    DC: ['revoked', 'Revoked'],
    DF: ['revoked', 'Revoked'],
    DR: ['revoked', 'Revoked'],
    FU: ['completed', 'Completed'],
    HD: ['active', 'Active'],
    HR: ['on-hold', 'On Hold'],
    NW: ['active', 'Active'],
    OC: ['revoked', 'Revoked'],
    OD: ['revoked', 'Revoked'],
    OH: ['on-hold', 'On Hold'],
    OK: ['active', 'Active'],
    PR: ['active', 'Active'],
    PY: ['active', 'Active'],
    RL: ['active', 'Active'],
    RO: ['active', 'Active'],
    RQ: ['active', 'Active'],
  },
);

/** Table 0038 → http://hl7.org/fhir/request-status. */
export const orderStatus: CodeTable = codeTable('http://hl7.org/fhir/request-status', {
  CA: ['revoked', 'Revoked'],
  CM: ['completed', 'Completed'],
  DC: ['revoked', 'Revoked'],
  ER: ['entered-in-error', 'Entered in Error'],
  HD: ['on-hold', 'On Hold'],
  IP: ['active', 'Active'],
  RP: ['revoked', 'Revoked'],
  SC: ['active', 'Active'],
});

/** Table 0482 → http://terminology.hl7.org/CodeSystem/v3-RoleCode. */
export const orderType: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v3-RoleCode', {
  I: ['HOSP', 'Hospital'],
  O: ['OF', 'Outpatient facility'],
});

/** Table 0485 → http://hl7.org/fhir/request-priority. */
export const extendedPriorityCodes: CodeTable = codeTable('http://hl7.org/fhir/request-priority', {
  S: ['stat', 'STAT'],
  A: ['asap', 'ASAP'],
  R: ['routine', 'Routine'],
});

/** Table 0364 → http://terminology.hl7.org/CodeSystem/v2-0364. */
export const commentType: CodeTable = sameCodes('http://terminology.hl7.org/CodeSystem/v2-0364', {
  PI: 'Patient Instructions',
  AI: 'Ancillary Instructions',
  GI: 'General Instructions',
  '1R': 'Primary Reason',
  '2R': 'Secondary Reason',
  GR: 'General Reason',
  RE: 'Remark',
  DR: 'Duplicate/Interaction Reason',
});

/** Table 0136 → http://terminology.hl7.org/CodeSystem/special-values. */
export const yesNoIndicator: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/special-values', {
  Y: ['true'],
  N: ['false'],
});

/** Table 0136 → http://hl7.org/fhir/specimen-status. */
export const yesNoIndicatorAvailabilityStatus: CodeTable = codeTable('http://hl7.org/fhir/specimen-status', {
  Y: ['available', 'Available'],
  N: ['unavailable', 'Unavailable'],
});
