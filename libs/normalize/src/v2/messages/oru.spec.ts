import type { JsonObject } from '#digest';
import { isList, isObject, textOf, validateResource } from '#fhir';
import type { NormalisedResource } from '../../normalised.js';
import { normaliseV2 } from '../normalise-v2.js';
import type { V2Normalised } from '../normalised-message.js';
import { plainSender, type SenderProfile } from '../sender-profile.js';

const SENDER: SenderProfile = { ...plainSender('lake'), zone: 'America/Chicago' };
const HEAD = 'MSH|^~\\&|LIS|LAKE|HUB|HUB|20260301093000||ORU^R01^ORU_R01|R-1|P|2.5.1';
const PID = 'PID|1||4711^^^LAKE^MR||QUILL^TAMSIN||19850214|F';
const OBR = 'OBR|1|P-9|F-9|718-7^Hemoglobin^LN|||20260301080000|||||||||||||||20260301090000||LAB|F';

/** A segment of its fields by number. */
function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const size = Math.max(...Object.keys(fields).map(Number));
  return [name, ...Array.from({ length: size }, (_, at) => fields[at + 1] ?? '')].join('|');
}

function convert(...segments: string[]): V2Normalised {
  const bytes = new TextEncoder().encode([HEAD, ...segments].join('\r'));
  return normaliseV2(bytes, { sender: SENDER, validate: validateResource });
}

function all({ resources }: V2Normalised, type: string): readonly NormalisedResource[] {
  return resources.filter((one) => one.type === type);
}

function only(result: V2Normalised, type: string): JsonObject {
  expect(all(result, type)).toHaveLength(1);
  return all(result, type)[0]?.resource ?? {};
}

function issuesOf({ issues }: V2Normalised): readonly string[] {
  return issues.map(({ code, expression }) => `${code} ${expression}`);
}

function referenceTo(
  { type, id }: NormalisedResource | undefined = all(convert(PID), 'Patient')[0] ?? NONE,
): JsonObject {
  return { reference: `${type}/${id}` };
}
const NONE: NormalisedResource = { type: '', id: '', key: '', resource: {}, upstream: '' };

/** The value of an Observation of one OBX. */
function valueOf(type: string, value: string, more = '||||||F'): JsonObject {
  const observation = only(convert(PID, OBR, `OBX|1|${type}|X^Some^L||${value}${more}`), 'Observation');
  const { resourceType, id, code, status, subject, effectiveDateTime, category, basedOn, ...rest } =
    observation;
  expect([resourceType, id, code, status, subject, effectiveDateTime, category, basedOn]).not.toContain(
    undefined,
  );
  return rest;
}

const MG = { unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' };

describe('a result', () => {
  it('is an Observation of its patient, in the report of its order, with the time of the order', () => {
    const result = convert(PID, OBR, 'OBX|1|NM|718-7^Hemoglobin^LN||13.20|g/dL|12.0-16.0|N|||F');
    const [patient, order, report, observation] = [
      'Patient',
      'ServiceRequest',
      'DiagnosticReport',
      'Observation',
    ].map((type) => all(result, type)[0]);
    const unit = { unit: 'g/dL', system: 'http://unitsofmeasure.org', code: 'g/dL' };
    expect(observation?.resource).toMatchObject({
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '718-7', display: 'Hemoglobin' }] },
      subject: referenceTo(patient),
      basedOn: [referenceTo(order)],
      effectiveDateTime: '2026-03-01T08:00:00-06:00',
      valueQuantity: { ...unit },
      interpretation: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0078', code: 'N' }, { code: 'N' }] },
      ],
      referenceRange: [{ text: '12.0-16.0' }],
      category: [{ coding: [{ code: 'laboratory' }] }],
    });
    expect(JSON.stringify(observation?.resource['valueQuantity'])).toContain('13.20');
    expect(report?.resource).toMatchObject({
      status: 'final',
      issued: '2026-03-01T09:00:00-06:00',
      result: [referenceTo(observation)],
      basedOn: [referenceTo(order)],
    });
    expect(order?.resource).toMatchObject({
      intent: 'order',
      identifier: [{ value: 'P-9' }, { value: 'F-9' }],
    });
  });

  it('of ORU without an event is one too', () => {
    const bytes = [HEAD.replace('ORU^R01^ORU_R01', 'ORU'), PID, OBR, 'OBX|1|ST|X^Some^L||text||||||F'].join(
      '\r',
    );
    const result = normaliseV2(new TextEncoder().encode(bytes), {
      sender: SENDER,
      validate: validateResource,
    });
    expect(all(result, 'Observation')).toHaveLength(1);
  });

  it('that is corrected is the same resource; a second one of its kind in a message is another', () => {
    const first = convert(PID, OBR, 'OBX|1|NM|718-7^Hemoglobin^LN||13.2|g/dL|||||F');
    const corrected = convert(PID, OBR, 'OBX|7|NM|718-7^Hb^LN||12.3|g/dL|||||C');
    const twice = convert(PID, OBR, 'OBX|1|NM|718-7^Hb^LN||1||||||F', 'OBX|2|NM|718-7^Hb^LN||2||||||F');
    expect(all(corrected, 'Observation')[0]?.id).toBe(all(first, 'Observation')[0]?.id);
    expect(only(corrected, 'Observation')['status']).toBe('corrected');
    expect(new Set(all(twice, 'Observation').map(({ id }) => id)).size).toBe(2);
    expect(all(twice, 'Observation')[0]?.id).toBe(all(first, 'Observation')[0]?.id);
  });

  it('of another order, or with another sub-id, is another resource', () => {
    const ids = [
      convert(PID, OBR, 'OBX|1|ST|X^Some^L||a||||||F'),
      convert(PID, OBR, 'OBX|1|ST|X^Some^L|2|a||||||F'),
      convert(PID, OBR.replace('F-9', 'F-10'), 'OBX|1|ST|X^Some^L||a||||||F'),
      convert(PID, OBR.replace('718-7^', '20570-8^'), 'OBX|1|ST|X^Some^L||a||||||F'),
    ].map((result) => all(result, 'Observation')[0]?.id);
    expect(new Set(ids).size).toBe(4);
  });

  it('answers a question of the order where it is one, and is no result of the report', () => {
    const result = convert(PID, OBR, `OBX|1|ST|Q^Fasting?^L||yes||||||F${'|'.repeat(18)}QST`);
    expect(only(result, 'ServiceRequest')['supportingInfo']).toEqual([
      referenceTo(all(result, 'Observation')[0]),
    ]);
    expect(only(result, 'DiagnosticReport')['result']).toBeUndefined();
  });

  it('names the result that gave reason for its order', () => {
    const child = segment('OBR', {
      2: 'P-10',
      3: 'F-10',
      4: 'SUS^Susceptibility^L',
      25: 'F',
      26: 'O1&Organism&L^1',
      29: 'P-9^F-9',
    });
    const organism = 'OBX|1|ST|O1^Organism^L|1|E. coli||||||F';
    const result = convert(PID, OBR, organism, child, 'OBX|1|ST|AMP^Ampicillin^L||R||||||F');
    const [parent, own] = all(result, 'Observation');
    expect(own?.resource['derivedFrom']).toEqual([referenceTo(parent)]);
    expect(parent?.resource['derivedFrom']).toBeUndefined();
  });

  it('has no part in what another order says', () => {
    const result = convert(
      PID,
      'ORC|RE|P-1|F-1|||||||||1^HOLT^PIA',
      'OBR|1|P-1|F-1|A^One^L||||||||||||||||||||F',
      'OBX|1|ST|X^Some^L||a||||||F',
      'SPM|1|S-1||BLD^Blood^HL70487',
      'OBR|2|P-2|F-2|B^Two^L||||||||||||||||||||F',
      'OBX|1|ST|X^Some^L||b||||||F',
    );
    const [first, second] = all(result, 'ServiceRequest').map(({ resource }) => resource);
    expect(first?.['requester']).toBeDefined();
    expect(second?.['requester']).toBeUndefined();
    expect(second?.['identifier']).toMatchObject([{ value: 'P-2' }, { value: 'F-2' }]);
    expect(all(result, 'Observation').map(({ resource }) => resource['specimen'] !== undefined)).toEqual([
      true,
      false,
    ]);
  });

  it('has the notes that follow it, and the order those that follow it', () => {
    const result = convert(
      PID,
      OBR,
      'NTE|1|L|to the order',
      'OBX|1|ST|X^Some^L||a||||||F',
      'NTE|1||to ~the result',
      'NTE|2||more',
    );
    expect(only(result, 'ServiceRequest')['note']).toEqual([{ text: 'to the order' }]);
    expect(only(result, 'Observation')['note']).toEqual([{ text: 'to\nthe result' }, { text: 'more' }]);
  });

  it('has each of its notes, also where two are equal', () => {
    const lines = ['HER2:', 'Negative', 'ER:', 'Negative'];
    const notes = lines.map((line, at) => `NTE|${at + 1}||${line}`);
    const result = convert(PID, OBR, 'OBX|1|ST|X^Some^L||a||||||F', ...notes);
    expect(only(result, 'Observation')['note']).toEqual(lines.map((text) => ({ text })));
  });
});

describe('the value of a result', () => {
  it.each([
    ['NM', '5', { value: 5 }],
    ['NM', ' +5 ', { value: 5 }],
    ['NM', '<0.3', { comparator: '<', value: 0.3 }],
    ['SN', '^182', { value: 182 }],
    ['SN', '>^100', { value: 100, comparator: '>' }],
  ])('of %s %s is a Quantity in UCUM', (type, value, quantity) => {
    expect(valueOf(type, value, '|mg/dL|||||F')).toEqual({ valueQuantity: { ...quantity, ...MG } });
  });

  it.each([
    ['ST', 'R&D ^ more', { valueString: 'R&D ^ more' }],
    ['TX', 'a\\T\\b', { valueString: 'a&b' }],
    ['FT', 'line\\.br\\next', { valueString: 'line\nnext' }],
    ['VR', 'a^c', { valueString: 'a-c' }],
    ['SN', '^1^:^128', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }],
    ['SN', '^3^-^5', { valueRange: { low: { value: 3 }, high: { value: 5 } } }],
    ['SN', '<>^3', { valueString: '<> 3' }],
    ['SN', '^2^+', { valueString: '2 +' }],
    ['NR', '1^10', { valueRange: { low: { value: 1 }, high: { value: 10 } } }],
    [
      'CE',
      'P^Positive^L',
      { valueCodeableConcept: { coding: [{ system: 'urn:id:lake:L', code: 'P', display: 'Positive' }] } },
    ],
    ['CWE', '^^^^^^^^seen', { valueCodeableConcept: { text: 'seen' } }],
    ['IS', 'Y', { valueCodeableConcept: { coding: [{ code: 'Y' }] } }],
    ['DT', '20260301', { valueDateTime: '2026-03-01' }],
    ['TS', '202603011200', { valueDateTime: '2026-03-01T12:00:00-06:00' }],
    ['TM', '1318', { valueTime: '13:18:00' }],
    ['DR', '20260301^20260302', { valuePeriod: { start: '2026-03-01', end: '2026-03-02' } }],
  ])('of %s %s is its own kind', (type, value, expected) => {
    expect(valueOf(type, value)).toEqual(expected);
  });

  it('of NA is a series that says what v2 does not tell', () => {
    const absent = {
      extension: [{ url: expect.stringContaining('data-absent-reason'), valueCode: 'unknown' }],
    };
    expect(valueOf('NA', '1^2^3')).toEqual({
      valueSampledData: { origin: { _value: absent }, _period: absent, dimensions: 1, data: '1 2 3' },
    });
  });

  it.each([
    ['ED', '^AP^PDF^Base64^QUJD', { contentType: 'application/pdf', data: 'QUJD' }],
    ['ED', '^TEXT^html^A^<b>', { contentType: 'text/html', data: 'PGI+' }],
    ['ED', '^IM^JPEG^Hex^ff00', { contentType: 'image/jpeg', data: '/wA=' }],
    [
      'RP',
      'https://pacs.example.org/1^^IM^JPEG',
      { contentType: 'image/jpeg', url: 'https://pacs.example.org/1' },
    ],
  ])('of %s %s is an attachment', (type, value, valueAttachment) => {
    const url = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value';
    expect(valueOf(type, value)).toEqual({ extension: [{ url, valueAttachment }] });
  });

  it('that is not of its type is text, with an issue', () => {
    const result = convert(
      PID,
      OBR,
      'OBX|1|NM|X^Some^L||hemolysed|mg/dL|||||F',
      'OBX|2|DT|Y^Some^L||20261399||||||F',
    );
    expect(all(result, 'Observation').map(({ resource }) => resource['valueString'])).toEqual([
      'hemolysed',
      '20261399',
    ]);
    expect(issuesOf(result)).toEqual(
      expect.arrayContaining(['invalid-value OBX-5', 'invalid-value OBX(2)-5']),
    );
  });

  it('that is no base64 is left out, with an issue', () => {
    const result = convert(PID, OBR, 'OBX|1|ED|X^Some^L||^AP^PDF^Base64^***||||||F');
    expect(JSON.stringify(only(result, 'Observation'))).not.toContain('***');
    expect(issuesOf(result)).toContain('invalid-value OBX-5');
  });

  it('that repeats is one component each', () => {
    const { component } = valueOf('CE', 'A^One^L~B^Two^L');
    expect(component).toMatchObject([
      { code: { coding: [{ code: 'X' }] }, valueCodeableConcept: { coding: [{ code: 'A' }] } },
      { code: { coding: [{ code: 'X' }] }, valueCodeableConcept: { coding: [{ code: 'B' }] } },
    ]);
  });

  it.each([
    ['NM', '5~7~5'],
    ['TX', 'HER2:~Negative~ER:~Negative'],
  ])('of %s %s is one component for each repetition, also where two are equal', (type, value) => {
    const { component } = valueOf(type, value);
    const values = listOf(component).map((one) => JSON.stringify(one));
    expect(values).toHaveLength(value.split('~').length);
    expect(values.at(-1)).toBe(values[type === 'NM' ? 0 : 1]);
  });

  it.each([
    ['N', 'unknown', 'not-asked'],
    ['X', 'cancelled', 'unknown'],
  ])('that is absent by OBX-11 %s has a reason', (code, status, reason) => {
    const observation = only(convert(PID, OBR, `OBX|1|NM|X^Some^L||||||||${code}`), 'Observation');
    expect(observation).toMatchObject({ status, dataAbsentReason: { coding: [{ code: reason }] } });
    expect(JSON.stringify(observation['_status'])).toContain(`"code":"${code}"`);
  });

  it.each([
    ['F', 'farad'],
    ['K', 'kelvin'],
    ['furlongs', 'no unit'],
  ])('in %s, which is %s in UCUM, keeps the text alone', (unit) => {
    expect(valueOf('NM', '98', `|${unit}|||||F`)).toEqual({ valueQuantity: { value: 98, unit } });
  });

  it.each([
    ['mmHg', { unit: 'mmHg', code: 'mm[Hg]' }],
    ['K/uL^thousand^ISO+', { unit: 'thousand', code: '10*3/uL' }],
    ['1234-5^Something^LN', { unit: 'Something', system: 'http://loinc.org', code: '1234-5' }],
  ])('in %s has the unit that is meant', (unit, expected) => {
    expect(valueOf('NM', '98', `|${unit}|||||F`)).toMatchObject({ valueQuantity: expected });
  });

  it.each([
    ['70-105', { low: { value: 70 }, high: { value: 105 } }],
    ['70 - 105 mg/dL', { low: { value: 70 }, high: { value: 105 } }],
    ['<5', { high: { value: 5 } }],
    ['>=3', { low: { value: 3 } }],
    ['-2--1', { low: { value: -2 }, high: { value: -1 } }],
  ])('with the range %s has its ends', (range, ends) => {
    const [found] = listOf(valueOf('NM', '98', `|mg/dL|${range}||||F`)['referenceRange']);
    expect(found).toMatchObject({ ...ends, text: range });
  });

  it.each(['105-70', 'negative', '70_105', '1-2-3'])('with the range %s has its text alone', (range) => {
    expect(valueOf('NM', '98', `||${range}||||F`)['referenceRange']).toEqual([{ text: range }]);
  });
});

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

describe('around a result', () => {
  it('stand the parties that the message names', () => {
    const obx = segment('OBX', {
      2: 'NM',
      3: 'X^Some^L',
      5: '1',
      11: 'F',
      14: '20260301070000',
      15: '05D^Lake Lab^L',
      16: '77^HOLT^PIA^^^DR^^^NPI',
      17: 'M1^Manual^L',
      18: 'DEV-1^LAKE',
      23: 'Lake Lab^L^^^^LAKE^XX^^^L-1',
      24: '1 Quay^^Mirefield^WI',
      25: '9^ROE^ANN^^^^^^NPI',
    });
    const result = convert(PID, OBR, obx);
    const observation = only(result, 'Observation');
    const performers = isList(observation['performer']) ? observation['performer'] : [];
    expect(performers.map((one) => (isObject(one) ? textOf(one, 'reference')?.split('/')[0] : ''))).toEqual([
      'PractitionerRole',
      'Organization',
      'PractitionerRole',
    ]);
    expect(observation).toMatchObject({
      method: { coding: [{ code: 'M1' }] },
      effectiveDateTime: '2026-03-01T07:00:00-06:00',
    });
    expect(all(result, 'Device').map(({ resource }) => resource['identifier'])).toContainEqual([
      { system: 'urn:id:lake:LAKE', value: 'DEV-1' },
    ]);
    const lab = all(result, 'Organization').find(({ resource }) => resource['address'] !== undefined);
    expect(lab?.resource).toMatchObject({ name: 'Lake Lab', address: [{ city: 'Mirefield' }] });
  });

  it('stands its specimen: by SPM, known by its own number', () => {
    const spm = segment('SPM', {
      2: 'S-1&LAKE^S-2&LIS',
      4: 'BLD^Blood^HL70487',
      7: 'VENIP^Venipuncture^HL70488',
      12: '5^mL',
      17: '202603010700',
      18: '202603010800',
    });
    const result = convert(PID, OBR, 'OBX|1|ST|X^Some^L||a||||||F', spm);
    const [specimen] = all(result, 'Specimen');
    expect(specimen?.key).toBe('urn:id:lake:LIS|S-2');
    expect(specimen?.resource).toMatchObject({
      identifier: [{ value: 'S-1' }, { value: 'S-2' }],
      type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0487', code: 'BLD' }] },
      collection: { collectedDateTime: '2026-03-01T07:00:00-06:00', quantity: { value: 5, code: 'mL' } },
      receivedTime: '2026-03-01T08:00:00-06:00',
    });
    expect(only(result, 'DiagnosticReport')['specimen']).toEqual([referenceTo(specimen)]);
    expect(only(result, 'Observation')['specimen']).toEqual(referenceTo(specimen));
  });

  it('is one specimen of two orders that name the same', () => {
    const spm = 'SPM|1|S-1||BLD^Blood^HL70487';
    const result = convert(PID, OBR, spm, OBR.replace('F-9', 'F-10').replace('OBR|1', 'OBR|2'), spm);
    expect(only(result, 'Specimen')['identifier']).toHaveLength(1);
  });

  it('stands a specimen by OBR where there is no SPM, and none where OBR says nothing of one', () => {
    const obr = segment('OBR', { 3: 'F-9', 4: 'X^Some^L', 7: '20260301', 15: 'BLD&Blood&HL70487', 25: 'F' });
    expect(all(convert(PID, OBR), 'Specimen')).toEqual([]);
    expect(only(convert(PID, obr), 'Specimen')).toMatchObject({
      type: { coding: [{ code: 'BLD' }] },
      collection: { collectedDateTime: '2026-03-01' },
    });
  });

  it('may stand no patient: the order says so', () => {
    const result = convert(OBR, 'OBX|1|ST|X^Some^L||a||||||F');
    expect(JSON.stringify(only(result, 'ServiceRequest')['subject'])).toContain('data-absent-reason');
    expect(only(result, 'Observation')['subject']).toBeUndefined();
  });

  it('stays what no row takes: it is listed', () => {
    const result = convert(PID, OBR, 'OBX|1|ST|X^Some^L||a||||0.95||F');
    expect(issuesOf(result)).toContain('unmapped OBX-9');
  });
});
