// Allergies: type, category, severity. What the HL7 v2-to-FHIR concept maps
// (AllergenType[AllergyIntoleranceCategory], AllergenType[AllergyIntoleranceOriginalCategory], AllergyType,
// AllergySeverity[AllergyIntolerance.criticality], AllergySeverity[AllergyIntolerance.criticality-original],
// AllergySeverity[AllergyIntolerance.reaction.severity]) state.
import { type CodeTable, codeTable, sameCodes } from './code-table.js';

/** Table 0127 → http://hl7.org/fhir/allergy-intolerance-category. */
export const allergenTypeAllergyIntoleranceCategory: CodeTable = codeTable(
  'http://hl7.org/fhir/allergy-intolerance-category',
  {
    DA: ['medication', 'Medication'],
    FA: ['food', 'Food'],
    EA: ['environment', 'Environment'],
    AA: ['biologic', 'Biologic'],
    PA: ['environment', 'Environment'],
    LA: ['environment', 'Environment'],
  },
);

/** Table 0127 → http://terminology.hl7.org/CodeSystem/v2-0127. */
export const allergenTypeAllergyIntoleranceOriginalCategory: CodeTable = sameCodes(
  'http://terminology.hl7.org/CodeSystem/v2-0127',
  {
    DA: 'Drug allergy',
    FA: 'Food allergy',
    MA: 'Miscellaneous allergy',
    MC: 'Miscellaneous contraindication',
    EA: 'Environmental allergy',
    AA: 'Animal allergy',
    PA: 'Plant allergy',
    LA: 'Pollen allergy',
  },
);

/** Table 0127 → http://hl7.org/fhir/allergy-intolerance-type. */
export const allergyType: CodeTable = codeTable('http://hl7.org/fhir/allergy-intolerance-type', {
  DA: ['allergy', 'Allergy'],
  FA: ['allergy', 'Allergy'],
  MA: ['allergy', 'Allergy'],
  EA: ['allergy', 'Allergy'],
  AA: ['allergy', 'Allergy'],
  PA: ['allergy', 'Allergy'],
  LA: ['allergy', 'Allergy'],
});

/** Table 0128 → http://hl7.org/fhir/allergy-intolerance-criticality. */
export const allergySeverityAllergyIntoleranceCriticality: CodeTable = codeTable(
  'http://hl7.org/fhir/allergy-intolerance-criticality',
  {
    SV: ['high', 'High Risk'],
    MI: ['low', 'Low Risk'],
  },
);

/** Table 0128 → http://terminology.hl7.org/CodeSystem/v2-0128. */
export const allergySeverityAllergyIntoleranceCriticalityOriginal: CodeTable = sameCodes(
  'http://terminology.hl7.org/CodeSystem/v2-0128',
  {
    SV: 'Severe',
    MO: 'Moderate',
    MI: 'Mild',
    U: 'Unknown',
  },
);

/** Table 0128 → http://hl7.org/fhir/reaction-event-severity. */
export const allergySeverityAllergyIntoleranceReactionSeverity: CodeTable = codeTable(
  'http://hl7.org/fhir/reaction-event-severity',
  {
    SV: ['severe', 'Severe'],
    MO: ['moderate', 'Moderate'],
    MI: ['mild', 'Mild'],
  },
);
