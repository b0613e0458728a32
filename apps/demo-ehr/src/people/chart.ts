import { Decimal, type JsonObject, type JsonValue } from '#digest';

/** Stands for this server's FHIR base in stored text; replaced when a resource is rendered. */
export const BASE = '{{base}}';

export const MRN = 'https://northside.example/mrn';
/** The one identifier that other vendors of the example world share. */
export const PERSON_NUMBER = 'https://registry.example/person-number';

const LOINC = 'http://loinc.org';
const SNOMED = 'http://snomed.info/sct';
const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const UCUM = 'http://unitsofmeasure.org';
const HL7 = 'http://terminology.hl7.org/CodeSystem';
export const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

/** A measured line of a chart: what, when, how much. Values are text, so that `120.00` stays `120.00`. */
export interface Measurement {
  readonly id: string;
  readonly category: 'vital-signs' | 'laboratory' | 'social-history';
  readonly code: string;
  readonly display: string;
  readonly at: string;
  /** Decimal text; without it the observation says why it is absent. */
  readonly value?: string;
  /** UCUM code. */
  readonly unit?: string;
  /** A coded result instead of a quantity. */
  readonly result?: readonly [code: string, display: string];
  readonly components?: readonly (readonly [code: string, display: string, value: string, unit: string])[];
  readonly performer?: string;
}

/** A diagnosis, allergy or prescription by its code. */
export interface Line {
  readonly id: string;
  readonly code: string;
  readonly display: string;
  readonly at: string;
}

/** A vital sign: id, LOINC code, display, time, value and UCUM unit. */
export function vital(...[id, code, display, at, value, unit]: QuantityRow): Measurement {
  return { id, category: 'vital-signs', code, display, at, value, unit };
}

/** A laboratory result, in the same order. */
export function lab(...[id, code, display, at, value, unit]: QuantityRow): Measurement {
  return { id, category: 'laboratory', code, display, at, value, unit };
}

/** A blood pressure panel in mm[Hg]. */
export function bloodPressure(id: string, at: string, systolic: string, diastolic: string): Measurement {
  const components: Measurement['components'] = [
    ['8480-6', 'Systolic blood pressure', systolic, 'mm[Hg]'],
    ['8462-4', 'Diastolic blood pressure', diastolic, 'mm[Hg]'],
  ];
  return { id, category: 'vital-signs', code: '85354-9', display: 'Blood pressure panel', at, components };
}

type QuantityRow = [id: string, code: string, display: string, at: string, value: string, unit: string];

/** A FHIR number as written. */
function decimal(text: string): Decimal | number {
  return String(Number(text)) === text ? Number(text) : new Decimal(text);
}

/** An Observation of a patient. Odd ids refer to the patient absolutely, as some vendors do. */
export function observation(patient: string, row: Measurement): JsonObject {
  return {
    resourceType: 'Observation',
    id: row.id,
    status: 'final',
    category: [concept(`${HL7}/observation-category`, row.category, row.category)],
    code: concept(LOINC, row.code, row.display),
    subject: { reference: odd(row.id) ? `${BASE}/Patient/${patient}` : `Patient/${patient}` },
    effectiveDateTime: row.at,
    issued: instant(row.at),
    performer: [{ reference: row.performer ?? 'Practitioner/np-1' }],
    ...valueOf(row),
  };
}

function valueOf(row: Measurement): JsonObject {
  if (row.components !== undefined) {
    return {
      component: row.components.map(([code, display, value, unit]) => ({
        code: concept(LOINC, code, display),
        valueQuantity: quantity(value, unit),
      })),
    };
  }
  if (row.result !== undefined) {
    return { valueCodeableConcept: concept(SNOMED, ...row.result) };
  }
  if (row.value === undefined || row.unit === undefined) {
    return { dataAbsentReason: concept(`${HL7}/data-absent-reason`, 'unknown', 'Unknown') };
  }
  return { valueQuantity: quantity(row.value, row.unit) };
}

function quantity(value: string, unit: string): JsonObject {
  return { value: decimal(value), unit, system: UCUM, code: unit };
}

/** A Condition of a patient, active and confirmed; its recorded date is withheld by the vendor. */
export function condition(patient: string, line: Line): JsonObject {
  return {
    resourceType: 'Condition',
    id: line.id,
    clinicalStatus: concept(`${HL7}/condition-clinical`, 'active', 'Active'),
    verificationStatus: concept(`${HL7}/condition-ver-status`, 'confirmed', 'Confirmed'),
    category: [concept(`${HL7}/condition-category`, 'problem-list-item', 'Problem List Item')],
    code: concept(SNOMED, line.code, line.display),
    subject: { reference: `Patient/${patient}` },
    onsetDateTime: line.at,
    _recordedDate: { extension: [{ url: ABSENT, valueCode: 'masked' }] },
  };
}

/** An AllergyIntolerance of a patient. */
export function allergy(patient: string, line: Line): JsonObject {
  return {
    resourceType: 'AllergyIntolerance',
    id: line.id,
    clinicalStatus: concept(`${HL7}/allergyintolerance-clinical`, 'active', 'Active'),
    verificationStatus: concept(`${HL7}/allergyintolerance-verification`, 'confirmed', 'Confirmed'),
    code: concept(SNOMED, line.code, line.display),
    patient: { reference: `Patient/${patient}` },
    recordedDate: line.at,
  };
}

/** A MedicationRequest whose medication is contained, in the manner of older vendor releases. */
export function prescription(patient: string, visit: string, line: Line): JsonObject {
  return {
    resourceType: 'MedicationRequest',
    id: line.id,
    contained: [{ resourceType: 'Medication', id: 'med', code: concept(RXNORM, line.code, line.display) }],
    status: 'active',
    intent: 'order',
    medicationReference: { reference: '#med', display: line.display },
    subject: { reference: `${BASE}/Patient/${patient}` },
    encounter: { reference: `Encounter/${visit}` },
    authoredOn: line.at,
    requester: { reference: 'Practitioner/np-1' },
  };
}

/** A finished ambulatory Encounter at Northside. */
export function encounter(patient: string, id: string, from: string, to: string): JsonObject {
  return {
    resourceType: 'Encounter',
    id,
    status: 'finished',
    class: { system: `${HL7}/v3-ActCode`, code: 'AMB', display: 'ambulatory' },
    subject: { reference: `Patient/${patient}` },
    participant: [{ individual: { reference: 'Practitioner/np-1' } }],
    period: { start: from, end: to },
    serviceProvider: { reference: 'Organization/no-1' },
  };
}

function concept(system: string, code: string, display: string): JsonObject {
  return { coding: [{ system, code, display }], text: display };
}

function instant(at: string): JsonValue {
  return at.length > 10 ? at : `${at}T12:00:00Z`;
}

function odd(id: string): boolean {
  return Number(id.slice(-1)) % 2 === 1;
}
