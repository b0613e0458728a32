import type { CodeTable } from './code-table.js';
import {
  allergenTypeAllergyIntoleranceCategory,
  allergenTypeAllergyIntoleranceOriginalCategory,
  allergySeverityAllergyIntoleranceCriticality,
  allergySeverityAllergyIntoleranceCriticalityOriginal,
  allergySeverityAllergyIntoleranceReactionSeverity,
  allergyType,
} from './allergy.js';
import { bodyPartsA } from './body-part-a.js';
import { bodyPartsB } from './body-part-b.js';
import { bodySite } from './body-site.js';
import {
  administrationMethod,
  allowSubstitution,
  completionStatus,
  eventRelatedPeriod,
  repeatPattern,
  routeOfAdministration,
} from './medication.js';
import {
  commentType,
  extendedPriorityCodes,
  orderControlCodeServiceRequestStatus,
  orderStatus,
  orderType,
  yesNoIndicator,
  yesNoIndicatorAvailabilityStatus,
} from './order.js';
import {
  diagnosticServiceSectionID,
  interpretationCodes,
  natureOfAbnormalTesting,
  observationResultStatusCodesInterpretation,
  resultStatusNonQueries,
} from './result.js';
import {
  additivePreservative,
  specimenCollectionMethod,
  specimenCondition,
  specimenRejectReason,
} from './specimen.js';
import { specimenTypeA } from './specimen-type-a.js';
import { specimenTypeB } from './specimen-type-b.js';
import { observationStatus, reportStatus } from './status.js';

/** Concept maps of orders, results, specimens, allergies, medication, by the names that the guide gives them; `ObservationStatus` and `ReportStatus` are ours. */
export const CLINICAL_TABLES: Readonly<Record<string, CodeTable>> = {
  AdditivePreservative: additivePreservative,
  AdministrationMethod: administrationMethod,
  'AllergenType[AllergyIntoleranceCategory]': allergenTypeAllergyIntoleranceCategory,
  'AllergenType[AllergyIntoleranceOriginalCategory]': allergenTypeAllergyIntoleranceOriginalCategory,
  'AllergySeverity[AllergyIntolerance.criticality-original]':
    allergySeverityAllergyIntoleranceCriticalityOriginal,
  'AllergySeverity[AllergyIntolerance.criticality]': allergySeverityAllergyIntoleranceCriticality,
  'AllergySeverity[AllergyIntolerance.reaction.severity]': allergySeverityAllergyIntoleranceReactionSeverity,
  AllergyType: allergyType,
  AllowSubstitution: allowSubstitution,
  BodyParts: { ...bodyPartsA, ...bodyPartsB },
  BodySite: bodySite,
  CommentType: commentType,
  CompletionStatus: completionStatus,
  DiagnosticServiceSectionID: diagnosticServiceSectionID,
  EventRelatedPeriod: eventRelatedPeriod,
  ExtendedPriorityCodes: extendedPriorityCodes,
  InterpretationCodes: interpretationCodes,
  NatureOfAbnormalTesting: natureOfAbnormalTesting,
  ObservationResultStatusCodesInterpretation: observationResultStatusCodesInterpretation,
  'OrderControlCode[ServiceRequest.status]': orderControlCodeServiceRequestStatus,
  ObservationStatus: observationStatus,
  OrderStatus: orderStatus,
  OrderType: orderType,
  RepeatPattern: repeatPattern,
  ReportStatus: reportStatus,
  'ResultStatus[Non-Queries]': resultStatusNonQueries,
  RouteOfAdministration: routeOfAdministration,
  SpecimenCollectionMethod: specimenCollectionMethod,
  SpecimenCondition: specimenCondition,
  SpecimenRejectReason: specimenRejectReason,
  SpecimenType: { ...specimenTypeA, ...specimenTypeB },
  YesNoIndicator: yesNoIndicator,
  'YesNoIndicator[AvailabilityStatus]': yesNoIndicatorAvailabilityStatus,
};
