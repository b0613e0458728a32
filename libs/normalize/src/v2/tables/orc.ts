import { CODE_TABLES } from '../codes/code-tables.js';
import type { Condition, Row } from '../engine/map.js';

const FHIR = 'http://hl7.org/fhir/StructureDefinition';
const BUSINESS_EVENT = `${FHIR}/businessEvent`;
const CONTROL_CODES = Object.keys(CODE_TABLES['OrderControlCode[ServiceRequest.status]'] ?? {});

const isNew: Condition = { equals: ['ORC-1', 'NW'] };

/** Numbers of an order, placer's and filler's: those of ORC, else of OBR. What OBR says again is not taken twice. */
export const ORDER_NUMBERS: readonly Row[] = [
  { from: 'ORC-2', to: 'identifier[]', as: 'EI[Identifier-Placer]' },
  { from: 'OBR-2', to: 'identifier[]', as: 'EI[Identifier-Placer]', when: { not: { valued: 'ORC-2' } } },
  { from: 'OBR-2', to: '', as: 'again[ORC-2]', when: { valued: 'ORC-2' } },
  { from: 'ORC-3', to: 'identifier[]', as: 'EI[Identifier-Filler]' },
  { from: 'OBR-3', to: 'identifier[]', as: 'EI[Identifier-Filler]', when: { not: { valued: 'ORC-3' } } },
  { from: 'OBR-3', to: '', as: 'again[ORC-3]', when: { valued: 'ORC-3' } },
];

/** ORC → ServiceRequest. */
export const ORC_SERVICE_REQUEST: readonly Row[] = [
  { from: 'ORC-5', to: 'status', as: 'ID[code]', codes: 'OrderStatus', table: '0038' },
  {
    from: 'ORC-1',
    to: 'status',
    as: 'ID[code]',
    codes: 'OrderControlCode[ServiceRequest.status]',
    table: '0119',
    when: { all: [{ not: { valued: 'ORC-5' } }, { equals: ['ORC-1', ...CONTROL_CODES] }] },
  },
  {
    from: 'ORC-1',
    to: `extension(${BUSINESS_EVENT}).extension(value).valueCodeableConcept.coding[]`,
    rows: [
      { from: '', to: 'system', value: 'http://terminology.hl7.org/CodeSystem/v2-0119' },
      { from: '', to: 'code' },
    ],
  },
  {
    from: 'ORC-9',
    to: `extension(${BUSINESS_EVENT}).extension(date).valueDateTime`,
    as: 'DTM[dateTime]',
    when: { not: isNew },
  },
  { from: 'ORC-9', to: 'authoredOn', as: 'DTM[dateTime]', when: isNew },
  { from: 'ORC-4', to: 'requisition', as: 'EI[Identifier-PlacerGroup]' },
  { from: 'ORC-38', to: 'identifier[]', as: 'EI[Identifier-FillerGroup]' },
  { from: 'ORC-33', to: 'identifier[]', as: 'CX[Identifier]', when: { not: { valued: 'OBR-53' } } },
  { from: 'ORC-12', to: 'requester', as: 'XCN[Requester]' },
  { from: 'ORC-21', to: 'requester', as: 'XON[Requester]', when: { not: { valued: 'ORC-12' } } },
  {
    from: 'ORC-14',
    to: `extension[](${FHIR}/servicerequest-order-callback-phone-number).valueContactPoint`,
    as: 'XTN[ContactPoint]',
    when: { not: { valued: 'OBR-17' } },
  },
  {
    from: 'ORC-16',
    to: `extension[](${FHIR}/request-statusReason).valueCodeableConcept`,
    as: 'CWE[CodeableConcept]',
  },
  { from: 'ORC-28', to: 'meta.security[]', as: 'CWE[Coding]', codes: 'ConfidentialityCode', table: '0177' },
  { from: 'ORC-29', to: 'locationCode[]', as: 'CWE[CodeableConcept]', codes: 'OrderType', table: '0482' },
];
