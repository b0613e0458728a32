import type { DatatypeMap } from '../engine/conversion.js';
import { PARTY_TYPES } from './party-types.js';
import * as codes from './codes.js';
import * as identifiers from './identifiers.js';
import { CONTACT_POINT_TYPES } from './contact-point-types.js';
import { OBSERVATION_TYPES } from './observation/observation-types.js';
import { PATIENT_TYPES } from './patient-types.js';
import { QUANTITY_TYPES } from './quantity-types.js';
import { ROLE_TYPES } from './role-types.js';
import { TIME_TYPES } from './times.js';

const text: DatatypeMap = (cell) => cell.text();

/**
 * The data type maps by the names of the guide's tables: `CX[Identifier]`.
 * @see https://build.fhir.org/ig/HL7/v2-to-fhir/datatype_maps.html
 */
export const DATATYPES: Readonly<Record<string, DatatypeMap>> = {
  ...TIME_TYPES,
  ...QUANTITY_TYPES,
  ...CONTACT_POINT_TYPES,
  ...PARTY_TYPES,
  ...PATIENT_TYPES,
  ...ROLE_TYPES,
  ...OBSERVATION_TYPES,
  'CWE[CodeableConcept]': codes.codeableConcept,
  'CWE[Coding]': codes.codingOf,
  'CWE[code]': codes.codeOf,
  'CWE[string]': codes.textOfCode,
  'CWE[Identifier]': identifiers.identifierOfCode,
  'ID[CodeableConcept]': codes.conceptOfCode,
  'ID[Coding]': codes.codingOfTable,
  'ID[code]': codes.codeOf,
  'ID[boolean]': codes.booleanOf,
  'ID[text]': codes.codeText,
  'CX[Identifier]': identifiers.identifierOfCx,
  'EI[Identifier]': identifiers.identifierOfEi,
  'EI[Identifier-Placer]': identifiers.typedEntity('PLAC'),
  'EI[Identifier-Filler]': identifiers.typedEntity('FILL'),
  'EI[Identifier-PlacerGroup]': identifiers.typedEntity('PGN'),
  'EI[Identifier-FillerGroup]': identifiers.typedEntity('FGN'),
  'ST[Identifier]': identifiers.identifierOfText,
  'ST[Identifier-SSN]': identifiers.identifierOfSsn,
  'DLN[Identifier]': identifiers.identifierOfDln,
  'TX[string]': text,
};
