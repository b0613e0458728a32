import type { Condition, Row } from '../engine/map.js';

const FHIR = 'http://hl7.org/fhir/StructureDefinition';
const PERFORMER_FUNCTION = `${FHIR}/event-performerFunction`;
const PARTICIPATION = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

const endsLater: Condition = { valued: 'OBR-8' };

/** A timing says more than the time that was asked for. */
const hasTiming: Condition = {
  any: [
    'TQ1-3.1',
    'TQ1-6',
    'TQ1-7',
    'TQ1-8',
    'TQ1-14',
    'ORC-7.4',
    'ORC-7.5',
    'ORC-7.12',
    'OBR-27.4',
    'OBR-27.5',
    'OBR-27.12',
  ].map((valued) => ({ valued })),
};

/** OBR → ServiceRequest. `intent` is a constant of the guide. */
export const OBR_SERVICE_REQUEST: readonly Row[] = [
  { from: 'OBR-4', to: 'code', as: 'CWE[CodeableConcept]' },
  { from: 'OBR-5', to: 'priority', as: 'ID[code]', codes: 'ExtendedPriorityCodes', table: '0485' },
  { from: 'OBR-6', to: 'occurrenceDateTime', as: 'DTM[dateTime]', when: { not: hasTiming } },
  { from: 'OBR-11', to: 'intent', value: 'reflex-order', when: { equals: ['OBR-11', 'G'] } },
  { from: '', to: 'intent', value: 'order', when: { not: { equals: ['OBR-11', 'G'] } } },
  {
    from: 'OBR-13',
    to: 'extension[](http://hl7.org/fhir/5.0/StructureDefinition/extension-ServiceRequest.supportingInfo).valueCodeableConcept',
    as: 'CWE[CodeableConcept]',
  },
  { from: 'OBR-16', to: 'requester', as: 'XCN[Practitioner]', when: { not: { valued: 'ORC-12' } } },
  { from: 'OBR-16', to: '', as: 'again[ORC-12]', when: { valued: 'ORC-12' } },
  {
    from: 'OBR-17',
    to: `extension[](${FHIR}/servicerequest-order-callback-phone-number).valueContactPoint`,
    as: 'XTN[ContactPoint]',
  },
  { from: 'ORC-14', to: '', as: 'again[OBR-17]', when: { valued: 'OBR-17' } },
  {
    from: 'OBR-29.1',
    to: 'basedOn[]',
    rows: [
      { from: '', to: 'type', value: 'ServiceRequest' },
      { from: '', to: 'identifier', as: 'EI[Identifier-Placer]' },
    ],
  },
  {
    from: 'OBR-29.2',
    to: 'basedOn[]',
    rows: [
      { from: '', to: 'type', value: 'ServiceRequest' },
      { from: '', to: 'identifier', as: 'EI[Identifier-Filler]' },
    ],
  },
  { from: 'OBR-31', to: 'reasonCode[]', as: 'CWE[CodeableConcept]' },
  { from: 'OBR-46', to: 'orderDetail[]', as: 'CWE[CodeableConcept]' },
  { from: 'OBR-47', to: 'orderDetail[]', as: 'CWE[CodeableConcept]' },
  { from: 'OBR-53', to: 'identifier[]', as: 'CX[Identifier]' },
];

/** OBR → DiagnosticReport. */
export const OBR_DIAGNOSTIC_REPORT: readonly Row[] = [
  { from: 'OBR-25', to: 'status', as: 'ID[code]', codes: 'ReportStatus', table: '0123' },
  {
    from: 'OBR-24',
    to: 'category[]',
    as: 'ID[CodeableConcept]',
    codes: 'DiagnosticServiceSectionID',
    table: '0074',
  },
  { from: 'OBR-4', to: 'code', as: 'CWE[CodeableConcept]' },
  { from: 'OBR-7', to: 'effectiveDateTime', as: 'DTM[dateTime]', when: { not: endsLater } },
  { from: 'OBR-7', to: 'effectivePeriod.start', as: 'DTM[dateTime]', when: endsLater },
  { from: 'OBR-8', to: 'effectivePeriod.end', as: 'DTM[dateTime]' },
  { from: 'OBR-22', to: 'issued', as: 'DTM[instant]' },
  { from: 'OBR-32', to: 'resultsInterpreter[]', as: 'NDL[PractitionerRole]' },
  performer('OBR-34', 'SPRF'),
  performer('OBR-35', 'TRANS'),
];

function performer(field: string, code: string): Row {
  const coding = { system: PARTICIPATION, code };
  return {
    from: field,
    to: 'performer[]',
    rows: [
      { from: '', to: '', as: 'NDL[PractitionerRole]' },
      { from: '', to: `extension(${PERFORMER_FUNCTION}).valueCodeableConcept.coding[]`, value: coding },
    ],
  };
}

/** ORC → DiagnosticReport, beside the order's numbers. */
export const ORC_DIAGNOSTIC_REPORT: readonly Row[] = [
  { from: 'ORC-28', to: 'meta.security[]', as: 'CWE[Coding]', codes: 'ConfidentialityCode', table: '0177' },
];

/** Sections of table 0074 whose services are those of a laboratory. */
const LABORATORY = [
  'BG',
  'BLB',
  'CG',
  'CH',
  'CP',
  'GE',
  'HM',
  'IMM',
  'LAB',
  'MB',
  'MCB',
  'MYC',
  'OSL',
  'SP',
  'SR',
  'TX',
  'VR',
] as const;

/**
 * OBR → the Observations below it: their time where OBX-14 is silent, as HL7 says of that field; the category that the
 * section implies.
 */
export const OBR_OBSERVATION: readonly Row[] = [
  {
    from: 'OBR-24',
    to: 'category[]',
    value: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/observation-category',
          code: 'laboratory',
          display: 'Laboratory',
        },
      ],
    },
    when: { equals: ['OBR-24', ...LABORATORY] },
  },
  { from: 'OBR-7', to: 'effectiveDateTime', as: 'DTM[dateTime]', when: untimed({ not: endsLater }) },
  { from: 'OBR-7', to: 'effectivePeriod.start', as: 'DTM[dateTime]', when: untimed(endsLater) },
  { from: 'OBR-8', to: 'effectivePeriod.end', as: 'DTM[dateTime]', when: untimed(endsLater) },
];

function untimed(condition: Condition): Condition {
  return { all: [{ not: { valued: 'OBX-14' } }, condition] };
}

/** What of OBR is about the specimen, and would be lost without one. */
export const hasSpecimen: Condition = {
  any: ['OBR-9', 'OBR-10', 'OBR-14', 'OBR-15', 'OBR-39'].map((valued) => ({ valued })),
};

/** OBR → Specimen; beside SPM it adds what SPM does not say. */
export const OBR_SPECIMEN: readonly Row[] = [
  {
    from: 'OBR-15.1',
    to: 'type',
    as: 'CWE[CodeableConcept]',
    codes: 'SpecimenType',
    table: '0487',
    when: { not: { valued: 'SPM-4' } },
  },
  {
    from: 'OBR-15.2',
    to: 'container[].additiveCodeableConcept',
    as: 'CWE[CodeableConcept]',
    codes: 'AdditivePreservative',
    table: '0371',
  },
  { from: 'OBR-15.3', to: 'note[].text', as: 'TX[string]' },
  {
    from: 'OBR-15.4',
    to: 'collection.bodySite',
    as: 'CWE[CodeableConcept]',
    codes: 'BodySite',
    table: '0163',
  },
  {
    from: 'OBR-15.6',
    to: 'condition[]',
    as: 'CWE[CodeableConcept]',
    codes: 'SpecimenCondition',
    table: '0493',
  },
  { from: 'OBR-10', to: 'collection.collector', as: 'XCN[Practitioner]' },
  {
    from: 'OBR-7',
    to: 'collection.collectedDateTime',
    as: 'DTM[dateTime]',
    when: { all: [{ not: endsLater }, { not: { valued: 'SPM-17' } }] },
  },
  {
    from: 'OBR-7',
    to: 'collection.collectedPeriod.start',
    as: 'DTM[dateTime]',
    when: { all: [endsLater, { not: { valued: 'SPM-17' } }] },
  },
  {
    from: 'OBR-8',
    to: 'collection.collectedPeriod.end',
    as: 'DTM[dateTime]',
    when: { not: { valued: 'SPM-17' } },
  },
  { from: 'OBR-9', to: 'collection.quantity', as: 'CQ[Quantity]', when: { not: { valued: 'SPM-12' } } },
  { from: 'OBR-14', to: 'receivedTime', as: 'DTM[dateTime]' },
  { from: 'OBR-39', to: 'note[].text', as: 'CWE[string]' },
];
