import { canonicalize, sha256, toHex } from '#digest';
import type { Hex } from './chain-terms.js';

/** FHIR R4 resource types; a type's bit is its place. Append only: a bit never changes its meaning. */
const CLASSES =
  'Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition StructureMap Subscription Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet VerificationResult VisionPrescription'.split(
    ' ',
  );

/** Codes of v3-ActReason; a code's bit is its place. Append only. */
const PURPOSES =
  'TREAT ETREAT BTG HPAYMT HOPERAT HRESCH CLINTRCH PATRQT FAMRQT PWATRNY PUBHLTH CAREMGT COVERAGE HMARKT HLEGAL HSYSADMIN HTEST'.split(
    ' ',
  );

/** Every bit of the words in `Terms`, the unassigned ones too: what a deny without a constraint covers. */
export const EVERY_CLASS = 2n ** 256n - 1n;
export const EVERY_PURPOSE = 2n ** 64n - 1n;

/**
 * The published list behind the bitmaps of `Terms`. `hash` is SHA-256 of the JCS form of `{classes, purposes}`.
 * An unknown bit permits nothing and denies everything.
 */
export const VOCABULARY: {
  readonly classes: readonly string[];
  readonly purposes: readonly string[];
  readonly hash: Hex;
} = { classes: CLASSES, purposes: PURPOSES, hash: hashOf() };

function hashOf(): Hex {
  return `0x${toHex(sha256(canonicalize({ classes: CLASSES, purposes: PURPOSES })))}`;
}

/** Bit of a resource type, or `undefined` where it is not on the list. */
export function classBit(type: string): number | undefined {
  return bitOf(CLASSES, type);
}

/** Bit of a purpose, or `undefined` where it is not on the list. */
export function purposeBit(purpose: string): number | undefined {
  return bitOf(PURPOSES, purpose);
}

/** Bitmap of names that are all on the list; `null` stands for all names that the list has today. */
export function bitmapOf(list: readonly string[], names: readonly string[] | null): bigint {
  return (names ?? list).reduce((map, name) => {
    const bit = bitOf(list, name);
    return bit === undefined ? map : map | (1n << BigInt(bit));
  }, 0n);
}

/** Names of a bitmap's bits, in the list's order; bits that the list lacks are left out. */
export function namesOf(list: readonly string[], map: bigint): readonly string[] {
  return list.filter((_, bit) => ((map >> BigInt(bit)) & 1n) === 1n);
}

function bitOf(list: readonly string[], name: string): number | undefined {
  const bit = list.indexOf(name);
  return bit < 0 ? undefined : bit;
}
