import { ADMINISTRATIVE_TABLES } from './administrative-tables.js';
import { CLINICAL_TABLES } from './clinical-tables.js';
import type { CodeTable } from './code-table.js';

export type { CodeTable, TableCode } from './code-table.js';

/** Maps of the guide in which no code of HL7 v2 has a counterpart: such codes stay local. */
const WITHOUT_CODES = [
  'ConfidentialityClassification',
  'ContainerType',
  'DietType',
  'DischargeDisposition',
  'DischargedToLocation',
  'FinancialClass',
  'MessageStructure',
  'OperatorID',
  'ParticipantOrganizationUnitType',
  'PlanId',
  'PrimaryLanguage',
  'PrincipalLanguageOfMessage',
  'RequestedDispenseUnits',
  'RequestedDosageForm',
  'RequestedDrugStrengthVolumeUnits',
  'RequestedGiveStrengthUnits',
  'RequestedGiveUnits',
  'RoutingInstruction',
  'SecurityLabelHandlingInstructions',
  'SpecimenSourceSite',
  'SpecimenSourceTypeModifier',
  'TestServiceDefaultDurationUnits',
  'VIPIndicator',
] as const;

/**
 * The concept maps of the HL7 v2-to-FHIR guide, by their names there.
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/coding_system_maps.html
 */
export const CODE_TABLES: Readonly<Record<string, CodeTable>> = {
  ...ADMINISTRATIVE_TABLES,
  ...CLINICAL_TABLES,
  ...Object.fromEntries(WITHOUT_CODES.map((name) => [name, {}])),
};
