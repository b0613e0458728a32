import type { Row } from '../engine/map.js';

/** SPM → Specimen. */
export const SPM_SPECIMEN: readonly Row[] = [
  { from: 'SPM-2.1', to: 'identifier[]', as: 'EI[Identifier-PlacerGroup]' },
  { from: 'SPM-2.2', to: 'identifier[]', as: 'EI[Identifier-FillerGroup]' },
  { from: 'SPM-30', to: 'accessionIdentifier', as: 'CX[Identifier]' },
  { from: 'SPM-31', to: 'identifier[]', as: 'CX[Identifier]' },
  { from: 'SPM-32', to: 'identifier[]', as: 'EI[Identifier-Shipment]' },
  { from: 'SPM-3.1', to: 'parent[].identifier', as: 'EI[Identifier-PlacerGroup]' },
  { from: 'SPM-3.2', to: 'parent[].identifier', as: 'EI[Identifier-FillerGroup]' },
  {
    from: 'SPM-20',
    to: 'status',
    as: 'ID[code]',
    codes: 'YesNoIndicator[AvailabilityStatus]',
    table: '0136',
  },
  { from: 'SPM-4', to: 'type', as: 'CWE[CodeableConcept]', codes: 'SpecimenType', table: '0487' },
  {
    from: 'SPM-6',
    to: 'container[last].additiveCodeableConcept',
    as: 'CWE[CodeableConcept]',
    codes: 'AdditivePreservative',
    table: '0371',
  },
  { from: 'SPM-27', to: 'container[last].type', as: 'CWE[CodeableConcept]', codes: 'ContainerType' },
  {
    from: 'SPM-7',
    to: 'collection.method',
    as: 'CWE[CodeableConcept]',
    codes: 'SpecimenCollectionMethod',
    table: '0488',
  },
  { from: 'SPM-8', to: 'collection.bodySite', as: 'CWE[CodeableConcept]', codes: 'SpecimenSourceSite' },
  { from: 'SPM-12', to: 'collection.quantity', as: 'CQ[Quantity]' },
  { from: 'SPM-14', to: 'note[].text', as: 'TX[string]' },
  { from: 'SPM-17', to: 'collection.collectedPeriod', as: 'DR[Period]', when: { valued: 'SPM-17.2' } },
  {
    from: 'SPM-17',
    to: 'collection.collectedDateTime',
    as: 'DR[dateTime]',
    when: { not: { valued: 'SPM-17.2' } },
  },
  { from: 'SPM-18', to: 'receivedTime', as: 'DTM[dateTime]' },
  {
    from: 'SPM-24',
    to: 'condition[]',
    as: 'CWE[CodeableConcept]',
    codes: 'SpecimenCondition',
    table: '0493',
  },
];
