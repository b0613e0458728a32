// Roles of providers. What the HL7 v2-to-FHIR concept maps (ProviderRole, Participation) state.
import { type CodeTable, codeTable } from './code-table.js';

/** Table 0443 → http://terminology.hl7.org/CodeSystem/v3-ParticipationType. */
export const providerRole: CodeTable = codeTable(
  'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  {
    AD: ['ADM', 'admitter'],
    AT: ['ATND', 'attender'],
    CP: ['CON', 'consultant'],
    PP: ['446050000', '', 'http://snomed.info/sct'],
    RP: ['REF', 'referrer'],
    PI: ['40570005', '', 'http://snomed.info/sct'],
  },
);

/** Table 0912 → http://terminology.hl7.org/CodeSystem/practitioner-role. */
export const participation: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/practitioner-role', {
  PH: ['pharmacist', 'Pharmacist'],
});
