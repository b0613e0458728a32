// Confidentiality. What the HL7 v2-to-FHIR concept maps (ConfidentialityCode, DocumentConfidentialityStatus)
// state.
import { type CodeTable, codeTable, sameCodes } from './code-table.js';

/** Table 0177 → http://terminology.hl7.org/CodeSystem/v3-Confidentiality. */
export const confidentialityCode: CodeTable = codeTable(
  'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  {
    V: ['V', 'very restricted'],
    R: ['R', 'restricted'],
    U: ['U', 'Usual control', 'http://terminology.hl7.org/CodeSystem/v2-0177'],
    EMP: ['EMP', 'employee information sensitivity', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
    UWM: ['UWM', 'Unwed mother', 'http://terminology.hl7.org/CodeSystem/v2-0177'],
    VIP: ['VIP', 'Very important person or celebrity', 'http://terminology.hl7.org/CodeSystem/v2-0177'],
    PSY: ['PSY', 'psychiatry relate'],
    AID: ['HIV', 'HIV related'],
    HIV: ['HIV', 'HIV related'],
    ETH: [
      'ETHUD',
      'alcohol use disorder information sensitivity',
      'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    ],
  },
);

/** Table 0272 → http://terminology.hl7.org/CodeSystem/v2-0272. */
export const documentConfidentialityStatus: CodeTable = sameCodes(
  'http://terminology.hl7.org/CodeSystem/v2-0272',
  {
    V: 'Very restricted',
    R: 'Restricted',
    U: 'Usual control',
  },
);
