const FHIR = 'http://hl7.org/fhir/StructureDefinition';
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';
const R5 = 'http://hl7.org/fhir/5.0/StructureDefinition';

/** Extensions that the maps fill. */
export const EXTENSION = {
  addressUse: `${FHIR}/iso21090-AD-use`,
  animal: `${FHIR}/patient-animal`,
  assertedDate: `${FHIR}/condition-assertedDate`,
  assemblyOrder: `${FHIR}/humanname-assembly-order`,
  birthPlace: `${FHIR}/patient-birthPlace`,
  birthTime: `${FHIR}/patient-birthTime`,
  birthsex: `${US_CORE}/us-core-birthsex`,
  censusTract: `${FHIR}/iso21090-ADXP-censusTract`,
  checkDigit: `${FHIR}/identifier-checkDigit`,
  checkDigitScheme: `${FHIR}/namingsystem-checkDigit`,
  citizenship: `${FHIR}/patient-citizenship`,
  contactArea: `${FHIR}/contactpoint-area`,
  contactCountry: `${FHIR}/contactpoint-country`,
  contactExtension: `${FHIR}/contactpoint-extension`,
  contactLocal: `${FHIR}/contactpoint-local`,
  dueTo: `${FHIR}/condition-dueTo`,
  ethnicity: `${US_CORE}/us-core-ethnicity`,
  importance: `${FHIR}/patient-importance`,
  instanceDescription: `${FHIR}/resource-instance-description`,
  locationClassification: `${FHIR}/subject-locationClassification`,
  mothersMaidenName: `${FHIR}/patient-mothersMaidenName`,
  nationality: `${FHIR}/patient-nationality`,
  ownName: `${FHIR}/humanname-own-name`,
  ownPrefix: `${FHIR}/humanname-own-prefix`,
  partnerName: `${FHIR}/humanname-partner-name`,
  partnerPrefix: `${FHIR}/humanname-partner-prefix`,
  race: `${US_CORE}/us-core-race`,
  religion: `${FHIR}/patient-religion`,
  subscriberId: `${R5}/extension-Coverage.subscriberId`,
} as const;
