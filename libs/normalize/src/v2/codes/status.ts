// Statuses of results. The concept maps of the v2-to-FHIR guide leave several codes of tables 0085 and 0123 open. Those are
// added here where HL7's meaning of the code is FHIR's definition of a status; the rest stays `unknown` in FHIR, with the
// code beside it.
import { type CodeTable, codeTable } from './code-table.js';
import { observationResultStatusCodesInterpretation, resultStatusNonQueries } from './result.js';

/** Table 0085 → http://hl7.org/fhir/observation-status. */
export const observationStatus: CodeTable = {
  ...observationResultStatusCodesInterpretation,
  ...codeTable('http://hl7.org/fhir/observation-status', {
    B: ['amended', 'Amended'],
    I: ['registered', 'Registered'],
    N: ['unknown', 'Unknown'],
    O: ['unknown', 'Unknown'],
    R: ['preliminary', 'Preliminary'],
    S: ['preliminary', 'Preliminary'],
    U: ['final', 'Final'],
    V: ['final', 'Final'],
  }),
};

/** Table 0123 → http://hl7.org/fhir/diagnostic-report-status. */
export const reportStatus: CodeTable = {
  ...resultStatusNonQueries,
  ...codeTable('http://hl7.org/fhir/diagnostic-report-status', {
    A: ['partial', 'Partial'],
    M: ['preliminary', 'Preliminary'],
    N: ['registered', 'Registered'],
    Y: ['unknown', 'Unknown'],
    Z: ['unknown', 'Unknown'],
  }),
};
