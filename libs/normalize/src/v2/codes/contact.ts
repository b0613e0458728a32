// Addresses and telecommunication. What the HL7 v2-to-FHIR concept maps (AddressType[Type], AddressType[Use],
// TelecommunicationEquipmentType, TelecommunicationUseCode, PreferredMethodOfContact) state.
import { type CodeTable, codeTable, sameCodes } from './code-table.js';

/** Table 0190 → http://hl7.org/fhir/address-type. */
export const addressTypeType: CodeTable = codeTable('http://hl7.org/fhir/address-type', {
  M: ['postal', 'Postal'],
  SH: ['postal', 'Postal'],
});

/** Table 0190 → http://hl7.org/fhir/address-use. */
export const addressTypeUse: CodeTable = codeTable('http://hl7.org/fhir/address-use', {
  BA: ['old', 'Old / Incorrect'],
  BI: ['billing', 'Billing'],
  C: ['temp', 'Temporary'],
  B: ['work', 'Work'],
  H: ['home', 'Home'],
  O: ['work', 'Work'],
});

/** Table 0202 → http://hl7.org/fhir/contact-point-system. */
export const telecommunicationEquipmentType: CodeTable = codeTable(
  'http://hl7.org/fhir/contact-point-system',
  {
    PH: ['phone', 'Phone'],
    FX: ['fax', 'Fax'],
    MD: ['other', 'Other'],
    CP: ['mobile', 'Mobile', 'http://hl7.org/fhir/contact-point-use'],
    SAT: ['other', 'Other'],
    BP: ['pager', 'Pager'],
    Internet: ['email', 'email'],
    'X.400': ['email', 'email'],
    TDD: ['other', 'Other'],
    TTY: ['other', 'Other'],
  },
);

/** Table 0201 → http://hl7.org/fhir/contact-point-use. */
export const telecommunicationUseCode: CodeTable = codeTable('http://hl7.org/fhir/contact-point-use', {
  PRN: ['home', 'Home'],
  WPN: ['work', 'Work'],
  PRS: ['mobile', 'Mobile'],
});

/** Table 0185 → http://terminology.hl7.org/CodeSystem/v2-0185. */
export const preferredMethodOfContact: CodeTable = sameCodes(
  'http://terminology.hl7.org/CodeSystem/v2-0185',
  {
    B: 'Beeper Number',
    C: 'Cellular Phone Number',
    E: 'E-Mail Address (for backward compatibility)',
    F: 'FAX Number',
    H: 'Home Phone Number',
    O: 'Office Phone Number',
  },
);
