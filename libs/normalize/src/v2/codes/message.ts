// Messages: processing and actions. What the HL7 v2-to-FHIR concept maps (ProcessingID, ProcessingMode,
// SegmentActionCode) state.
import { type CodeTable, codeTable, sameCodes } from './code-table.js';

/** Table 0103 → http://terminology.hl7.org/CodeSystem/v2-0103. */
export const processingID: CodeTable = sameCodes('http://terminology.hl7.org/CodeSystem/v2-0103', {
  D: 'Debugging',
  P: 'Production',
  T: 'Training',
  N: 'Non-Production Testing',
  V: 'Validation',
});

/** Table 0207 → http://terminology.hl7.org/CodeSystem/v2-0207. */
export const processingMode: CodeTable = codeTable('http://terminology.hl7.org/CodeSystem/v2-0207', {
  A: ['A', 'Archive'],
  R: ['R', 'Restore from archive'],
  I: ['I', 'Initial load'],
  T: ['T'],
});

/** Table 0206 → http://hl7.org/fhir/http-verb. */
export const segmentActionCode: CodeTable = codeTable('http://hl7.org/fhir/http-verb', {
  A: ['POST', 'POST'],
  D: ['DELETE', 'DELETE'],
  U: ['PUT', 'PUT'],
});
