import type { JsonObject } from '#digest';
import { isList, isObject, validateResource } from '#fhir';
import type { ResourceFault } from '../normalised.js';
import { resourceIdOf } from '../resource-id.js';
import { V2_LIMITS } from './message/limits.js';
import { normaliseV2 } from './normalise-v2.js';
import type { V2Context, V2Normalised } from './normalised-message.js';
import { plainSender } from './sender-profile.js';

const SENDER = { ...plainSender('lake'), zone: 'America/Chicago' };
const CONTEXT: V2Context = { sender: SENDER, validate: validateResource };

const PID =
  'PID|1||4711^^^LAKE^MR~078051120^^^USSSA^SS||QUILL^TAMSIN^ODA^^Dr.||19850214|F||2106-3^White^HL70005|12 Reed Row^^Mirefield^WI^53999^USA^H||^PRN^PH^tamsin@example.org^^608^5550100|||M^Married^HL70002||||||||||||||N';
const PV1 =
  'PV1|1|I|3W^301^B^LAKE|R|||1234^HOLT^PIA^^^DR^^^NPI|||MED||||7|||||V-88^^^LAKE^VN|||||||||||||||||||||||||20260110093000';

function message(event: string, ...segments: string[]): Uint8Array {
  const head = `MSH|^~\\&|LAKEHIS|LAKE|PROVISO|HUB|20260110101500||ADT^${event}^ADT_A01|C-${event}|P|2.5.1`;
  return new TextEncoder().encode([head, `EVN|${event}|20260110101400`, ...segments].join('\r'));
}

function convert(event: string, ...segments: string[]): V2Normalised {
  return normaliseV2(message(event, ...segments), CONTEXT);
}

function only(result: V2Normalised, type: string): JsonObject {
  const found = result.resources.filter((one) => one.type === type);
  expect(found.map(({ key }) => key)).toHaveLength(1);
  return found[0]?.resource ?? {};
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'reference' && typeof member === 'string' ? [member] : referencesIn(member),
  );
}

function insurance(id: string): string {
  return `IN1|1|P${id}^Plan ${id}|INS1^^^LAKE|Mire Mutual||||||||||||QUILL^MARA|SPO^Spouse^HL70063|||||||||||||||||||POL${id}`;
}

function idOf(number: string): string {
  return resourceIdOf('lake', 'Patient', `urn:id:lake:LAKE|${number}`);
}

function refuseGender(resource: JsonObject): readonly ResourceFault[] {
  return resource['gender'] === undefined ? [] : [{ rule: 'binding', expression: 'Patient.gender' }];
}

function refuseLocations({ resourceType }: JsonObject): readonly ResourceFault[] {
  return resourceType === 'Location' ? [{ rule: 'required', expression: 'Location.name' }] : [];
}

function typesOf(pv1: string): readonly string[] {
  return convert('A28', PID, pv1).resources.map(({ type }) => type);
}

describe('normaliseV2', () => {
  it('makes no Encounter of a visit that is not applicable, unless something tells it from others', () => {
    expect(typesOf('PV1|1|N')).not.toContain('Encounter');
    expect(typesOf('PV1|1|O')).toContain('Encounter');
    expect(typesOf('PV1|1|N|||||||||||||||||V-88^^^LAKE^VN')).toContain('Encounter');
  });

  it('makes a Patient that is known by the medical record number', () => {
    const result = convert('A01', PID, PV1);
    const id = resourceIdOf('lake', 'Patient', 'urn:id:lake:LAKE|4711');
    expect(result).toMatchObject({
      kind: 'converted',
      message: 'ADT^A01',
      patient: { sourceId: 'urn:id:lake:LAKE|4711', id },
    });
    expect(only(result, 'Patient')).toMatchObject({
      id,
      identifier: [
        { type: { coding: [{ code: 'MR' }] }, system: 'urn:id:lake:LAKE', value: '4711' },
        { type: { coding: [{ code: 'SS' }] }, system: 'http://hl7.org/fhir/sid/us-ssn', value: '078051120' },
      ],
      name: [{ family: 'QUILL', given: ['TAMSIN', 'ODA'], prefix: ['Dr.'] }],
      birthDate: '1985-02-14',
      gender: 'female',
      telecom: [
        { system: 'phone', use: 'home', value: '608 5550100' },
        { system: 'email', use: 'home', value: 'tamsin@example.org' },
      ],
      address: [
        {
          line: ['12 Reed Row'],
          city: 'Mirefield',
          state: 'WI',
          postalCode: '53999',
          country: 'USA',
          use: 'home',
        },
      ],
      deceasedBoolean: false,
    });
  });

  it('keeps a local code first and adds what it means', () => {
    expect(only(convert('A01', PID, PV1), 'Patient')).toMatchObject({
      maritalStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/v2-0002', code: 'M', display: 'Married' },
          { system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M', display: 'Married' },
        ],
      },
    });
  });

  it('writes race as US Core does', () => {
    expect(only(convert('A01', PID), 'Patient').extension).toEqual([
      {
        url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
        extension: [
          {
            url: 'ombCategory',
            valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3', display: 'White' },
          },
          { url: 'text', valueString: 'White' },
        ],
      },
    ]);
  });

  it('makes an Encounter with class, place, people and time in the zone of the sender', () => {
    const result = convert('A01', PID, PV1);
    const encounter = only(result, 'Encounter');
    expect(encounter).toMatchObject({
      status: 'in-progress',
      class: { code: 'IMP' },
      period: { start: '2026-01-10T09:30:00-06:00' },
      participant: [{ type: [{ coding: [{ code: 'ATND' }] }] }],
      location: [{ status: 'active' }],
      subject: { reference: `Patient/${result.patient?.id}` },
    });
    const bed = result.resources.find(
      ({ type, resource }) => type === 'Location' && resource['name'] === 'B',
    );
    expect(bed?.resource).toMatchObject({ physicalType: { coding: [{ code: 'bd' }] } });
    expect(referencesIn(encounter.location)).toEqual([`Location/${bed?.id}`]);
    expect(result.resources.filter(({ type }) => type === 'Location')).toHaveLength(4);
  });

  it('finishes the visit at a discharge, at the time of the event where PV1 has none', () => {
    const encounter = only(convert('A03', PID, PV1), 'Encounter');
    expect(encounter).toMatchObject({ status: 'finished', period: { end: '2026-01-10T10:14:00-06:00' } });
    const told = only(convert('A03', PID, `${PV1}|20260110095900`), 'Encounter');
    expect(told).toMatchObject({ status: 'finished', period: { end: '2026-01-10T09:59:00-06:00' } });
  });

  it('cancels a visit whose admission is cancelled', () => {
    expect(only(convert('A11', PID, PV1), 'Encounter')).toMatchObject({ status: 'cancelled' });
  });

  it('deletes what the sender deletes, and says nothing of what it leaves empty', () => {
    const result = convert('A08', 'PID|1||4711^^^LAKE^MR||QUILL^TAMSIN||""|||""|""||""');
    const patient = result.resources.find(({ type }) => type === 'Patient');
    expect(patient).toMatchObject({ mode: 'merge' });
    expect(patient?.cleared?.toSorted()).toEqual([
      'address',
      'birthDate',
      'extension(http://hl7.org/fhir/us/core/StructureDefinition/us-core-race)',
      'telecom(home)',
    ]);
    expect(JSON.stringify(result.resources)).not.toContain('\\"\\"');
    expect(patient?.resource).not.toHaveProperty('maritalStatus');
  });

  it('deletes the one number that a field is for, also beside others', () => {
    const result = convert('A08', `PID|1||4711^^^LAKE^MR||QUILL^TAMSIN${'|'.repeat(14)}""`);
    const patient = result.resources.find(({ type }) => type === 'Patient');
    expect(patient?.cleared).toEqual(['identifier(http://hl7.org/fhir/sid/us-ssn)']);
  });

  it('deletes nothing of a list that several fields fill, but says that it was told to', () => {
    const result = convert(
      'A08',
      'PID|1||4711^^^LAKE^MR~""||QUILL^TAMSIN',
      'PD1||||""',
      'PV1|1|I|||||""||||||||||||V-88^^^LAKE',
    );
    expect(result.resources.flatMap(({ cleared = [] }) => cleared)).toEqual([]);
    const issues = result.issues.filter(({ code }) => code === 'not-cleared');
    expect(issues.map(({ expression }) => expression)).toEqual(['PID-3[2]', 'PD1-4', 'PV1-7']);
    expect(issues.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
  });

  it('deletes by saying anew what else there is: of such a list nothing need be told', () => {
    const result = convert('A08', 'PID|1||4711^^^LAKE^MR||QUILL^TAMSIN||||||||""|^WPN^PH^^^608^5550101');
    const patient = result.resources.find(({ type }) => type === 'Patient');
    expect(patient).not.toHaveProperty('cleared');
    expect(patient?.resource['telecom']).toMatchObject([{ use: 'work' }]);
    expect(result.issues.map(({ code }) => code)).not.toContain('not-cleared');
  });

  it('replaces nothing whole of which other messages say more: accounts and episodes', () => {
    const visit = `PV1|1|I${'|'.repeat(52)}EP-1`;
    const pid = `PID|1||4711^^^LAKE^MR||QUILL^TAMSIN${'|'.repeat(13)}A-1`;
    const merge = convert('A40', pid, 'MRG|4710^^^LAKE^MR||A-2', visit);
    const modes = merge.resources
      .filter(({ type }) => ['Account', 'EpisodeOfCare'].includes(type))
      .map(({ key, mode, assumed }) => [key, mode, assumed]);
    expect(modes).toEqual([
      ['|A-1', 'merge', ['status']],
      ['|A-2', 'merge', ['status']],
      ['|EP-1', 'merge', ['status']],
    ]);
  });

  it('says which elements it only assumes', () => {
    const visit = (event: string, pv1: string): unknown => {
      const encounter = convert(event, PID, pv1).resources.find(({ type }) => type === 'Encounter');
      return [encounter?.resource['status'], encounter?.assumed];
    };
    expect(visit('A08', `PV1|1||3W${'|'.repeat(16)}V-88`)).toEqual(['unknown', ['status', 'class']]);
    expect(visit('A08', `PV1|1|I|3W${'|'.repeat(16)}V-88`)).toEqual(['in-progress', ['status']]);
    expect(visit('A04', `PV1|1|O|3W${'|'.repeat(16)}V-88`)).toEqual(['in-progress', undefined]);
    expect(visit('A01', PV1)).toEqual(['in-progress', undefined]);
    expect(visit('A08', `${PV1}|20260110095900`)).toEqual(['finished', undefined]);
    const coverage = convert('A01', PID, 'IN1|1|P1^Plan').resources.find(({ type }) => type === 'Coverage');
    expect(coverage?.assumed).toEqual(['status', 'payor']);
  });

  it('keeps ids of a visit, an allergy and a diagnosis from one message to the next', () => {
    const rest = ['AL1|1|DA|7980^Penicillin^RXNORM|SV|Hives', 'DG1|1||E11.9^Diabetes^I10C|||A'];
    const ids = (event: string): readonly string[] =>
      convert(event, PID, PV1, ...rest)
        .resources.filter(({ type }) =>
          ['Patient', 'Encounter', 'AllergyIntolerance', 'Condition'].includes(type),
        )
        .map(({ id }) => id);
    expect(ids('A08')).toEqual(ids('A01'));
    expect(ids('A01')).toHaveLength(4);
  });

  it('makes an AllergyIntolerance with severity and reaction', () => {
    expect(
      only(convert('A01', PID, 'AL1|1|DA|7980^Penicillin^RXNORM|SV|Hives'), 'AllergyIntolerance'),
    ).toMatchObject({
      clinicalStatus: { coding: [{ code: 'active' }] },
      type: 'allergy',
      category: ['medication'],
      criticality: 'high',
      code: { coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '7980' }] },
      reaction: [{ manifestation: [{ text: 'Hives' }], severity: 'severe' }],
    });
  });

  it('numbers equal diagnoses of one message apart and links each to the visit', () => {
    const dg1 = 'DG1|1||E11.9^Diabetes^I10C|||A';
    const result = convert('A01', PID, PV1, dg1, dg1);
    const conditions = result.resources.filter(({ type }) => type === 'Condition');
    expect(conditions.map(({ key }) => key.endsWith('#2'))).toEqual([false, true]);
    const { diagnosis } = only(result, 'Encounter');
    expect(isList(diagnosis) && diagnosis.every((one) => isObject(one) && isObject(one['use']))).toBe(true);
    expect(referencesIn(diagnosis)).toEqual(conditions.map(({ id }) => `Condition/${id}`));
  });

  it('makes a contact and a person of a relative, and a contact alone of an employer', () => {
    const sister = convert('A01', PID, 'NK1|1|QUILL^MARA|SIB^Sibling^HL70063');
    expect(only(sister, 'RelatedPerson')).toMatchObject({ name: [{ family: 'QUILL', given: ['MARA'] }] });
    const employer = convert('A01', PID, 'NK1|1||E^Employer^HL70131||||||||||Mire Mill Ltd');
    expect(employer.resources.map(({ type }) => type)).not.toContain('RelatedPerson');
    expect(only(employer, 'Patient')).toMatchObject({
      contact: [{ organization: { reference: expect.stringContaining('Organization/') } }],
    });
  });

  it('makes coverage, insurer and insured, one insurer for two plans', () => {
    const result = convert('A01', PID, insurance('1'), insurance('2'));
    const byType = Object.groupBy(result.resources, ({ type }) => type);
    expect(byType.Coverage).toHaveLength(2);
    expect(byType.RelatedPerson).toHaveLength(1);
    expect(byType.Organization?.filter(({ resource }) => resource['name'] === 'Mire Mutual')).toHaveLength(1);
    expect(byType.Coverage?.[0]?.resource).toMatchObject({
      status: 'active',
      identifier: [{}, { value: 'POL1' }],
    });
  });

  it('lists what no map takes by its path alone', () => {
    const result = convert('A01', `${PID}|||||||||ZEBRA`, 'ZPI|1|SECRET');
    const unmapped = result.issues
      .filter(({ code }) => code === 'unmapped')
      .map(({ expression }) => expression);
    expect(unmapped).toEqual(expect.arrayContaining(['ZPI-2']));
    expect(JSON.stringify(result.issues)).not.toContain('SECRET');
  });

  it('lists so many issues and no more, errors before all, and says that there are more', () => {
    const ids = Array.from({ length: V2_LIMITS.remarks }, (_, at) => `${at}^^^^^^2026XX`).join('~');
    const segments = [`PID|1||4711~${ids}`, 'PV1|1|I|3W', ...Array.from({ length: 50 }, () => 'ZZZ|x')];
    const { issues } = normaliseV2(message('A01', ...segments), {
      sender: SENDER,
      validate: refuseLocations,
    });
    expect(issues).toHaveLength(V2_LIMITS.remarks);
    expect(issues[0]).toMatchObject({ severity: 'error', type: 'Location' });
    expect(issues.at(-1)).toMatchObject({ severity: 'warning', code: 'more-issues' });
  });

  it('leaves out a bad date with an issue, and takes the rest', () => {
    const result = convert('A01', 'PID|1||4711^^^LAKE^MR||QUILL^TAMSIN||19850230|F');
    expect(only(result, 'Patient')).not.toHaveProperty('birthDate');
    expect(result.issues).toContainEqual({
      severity: 'warning',
      code: 'invalid-value',
      type: 'Patient',
      expression: 'PID-7',
    });
  });

  it('takes segments that stand late where they belong', () => {
    const result = convert('A01', PID, PV1, 'DG1|1||E11.9^Diabetes^I10C|||A', 'PV2|||^Dizzy spells');
    expect(only(result, 'Encounter')).toMatchObject({ reasonCode: [{ text: 'Dizzy spells' }] });
    expect(result.issues).toContainEqual(expect.objectContaining({ code: 'structure', expression: 'PV2' }));
  });

  it('gives the same for the same bytes', () => {
    expect(convert('A01', PID, PV1)).toEqual(convert('A01', PID, PV1));
  });

  it('makes only valid resources that refer to each other', () => {
    const { resources } = convert('A01', PID, PV1, 'OBX|1|NM|8302-2^Height^LN||172|cm|||||F');
    const ids = new Set(resources.map(({ type, id }) => `${type}/${id}`));
    expect(resources.flatMap(({ resource }) => validateResource(resource))).toEqual([]);
    expect(
      resources.flatMap(({ resource }) => referencesIn(resource)).filter((one) => !ids.has(one)),
    ).toEqual([]);
  });

  it('tells when the event was recorded', () => {
    expect(convert('A01', PID).eventMs).toBe(Date.parse('2026-01-10T10:14:00-06:00'));
  });
});

describe('normaliseV2 of a merge', () => {
  const merge = convert('A40', PID, 'MRG|4710^^^LAKE^MR||||||QUIL^TAMSIN');
  const from = resourceIdOf('lake', 'Patient', 'urn:id:lake:LAKE|4710');
  const into = resourceIdOf('lake', 'Patient', 'urn:id:lake:LAKE|4711');

  it('says which record gives way to which', () => {
    expect(merge.merges).toEqual([{ from, into }]);
    expect(merge.patient?.id).toBe(into);
  });

  it('makes the record that gives way, also where it was never seen', () => {
    const prior = merge.resources.find(({ id }) => id === from);
    expect(prior).toMatchObject({ mode: 'merge' });
    expect(prior?.resource).toMatchObject({
      active: false,
      identifier: [{ value: '4710' }],
      link: [{ other: { reference: `Patient/${into}` }, type: 'replaced-by' }],
    });
  });

  it('merges each pair of a message by itself', () => {
    const two = convert('A40', PID, 'MRG|4710^^^LAKE^MR', 'PID|2||9^^^LAKE^MR||ROE^JO', 'MRG|8^^^LAKE^MR');
    expect(two.merges).toEqual([
      { from: idOf('4710'), into: idOf('4711') },
      { from: idOf('8'), into: idOf('9') },
    ]);
  });

  it('does not merge a record with itself', () => {
    expect(convert('A40', PID, 'MRG|4711^^^LAKE^MR').merges).toEqual([]);
  });

  it('does not end a record that a visit leaves', () => {
    const moved = convert('A45', PID, 'MRG|4710^^^LAKE^MR', PV1);
    expect(moved.merges).toEqual([]);
    expect(moved.resources.find(({ id }) => id === from)?.resource).not.toHaveProperty('active');
  });
});

describe('normaliseV2 of what it cannot convert', () => {
  it('says unsupported of a type without a map, and names the patient', () => {
    const text = 'MSH|^~\\&|A|B|C|D|20260101||ZZZ^Z01|1|P|2.5\rPID|1||4711^^^LAKE^MR';
    const result = normaliseV2(new TextEncoder().encode(text), CONTEXT);
    expect(result).toMatchObject({ kind: 'unsupported', message: 'ZZZ^Z01', resources: [], merges: [] });
    expect(result.patient?.sourceId).toBe('urn:id:lake:LAKE|4711');
    expect(result.issues).toContainEqual(
      expect.objectContaining({ code: 'unsupported', expression: 'MSH-9' }),
    );
  });

  it('says malformed of what is no message', () => {
    const result = normaliseV2(new TextEncoder().encode('hello'), CONTEXT);
    expect(result).toMatchObject({
      kind: 'malformed',
      message: undefined,
      patient: undefined,
      resources: [],
    });
  });

  it('makes a patient of this message alone where there is no identifier', () => {
    const result = convert('A01', 'PID|1||||QUILL^TAMSIN', 'PV1|1|I');
    expect(result.patient?.sourceId).toMatch(/^message~[0-9a-f]{64}$/);
    expect(convert('A01', 'PID|1||||QUILL^TAMSIN', 'PV1|1|I').patient).toEqual(result.patient);
    // The control id and the time are the same.
    const other = convert('A01', 'PID|1||||ROE^JO', 'PV1|1|I');
    expect(other.patient?.id).not.toBe(result.patient?.id);
    expect(only(other, 'Encounter')['id']).not.toBe(only(result, 'Encounter')['id']);
  });

  it('keeps apart two visits without a number or time, which one patient has', () => {
    const visits = ['W1', 'W2'].map((ward) => only(convert('A08', PID, `PV1|1|O|${ward}`), 'Encounter'));
    expect(new Set(visits.map(({ id }) => id)).size).toBe(2);
  });

  it('leaves an element out that validation does not accept', () => {
    const result = normaliseV2(message('A01', PID), { sender: SENDER, validate: refuseGender });
    expect(only(result, 'Patient')).not.toHaveProperty('gender');
    expect(result.issues).toContainEqual(
      expect.objectContaining({ severity: 'warning', code: 'invalid', fault: 'binding' }),
    );
  });

  it('leaves a resource out that cannot be repaired, and references to it', () => {
    const result = normaliseV2(message('A01', PID, PV1), { sender: SENDER, validate: refuseLocations });
    expect(result.resources.map(({ type }) => type)).not.toContain('Location');
    expect(referencesIn(only(result, 'Encounter')).filter((one) => one.startsWith('Location/'))).toEqual([]);
    expect(result.issues).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'invalid', type: 'Location' }),
    );
  });
});
