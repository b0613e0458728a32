import type { JsonObject } from '#digest';
import { PATIENT_COMPARTMENT } from './generated/patient-compartment.js';
import { patientsOf, UNKNOWN_PATIENT } from './patients.js';
import { exampleResource } from './testing/example-resource.js';

const ref = (reference: string) => ({ reference });
const observation = (more: JsonObject) => patientsOf({ resourceType: 'Observation', id: 'o', ...more });
const subject = (patient: string) => ({ patient, role: 'subject' });
const other = (patient: string) => ({ patient, role: 'other' });

describe('patientsOf', () => {
  it('takes a Patient for its own subject, and linked ones for others', () => {
    expect(patientsOf({ resourceType: 'Patient', id: '1' })).toEqual([subject('1')]);
    const link = [{ other: ref('Patient/2'), type: 'seealso' }, { other: ref('RelatedPerson/3') }];
    expect(patientsOf({ resourceType: 'Patient', id: '1', link })).toEqual([subject('1'), other('2')]);
  });

  it('tells the subject from those who are named besides', () => {
    expect(
      observation({ subject: ref('Patient/1'), performer: [ref('Patient/2'), ref('Practitioner/3')] }),
    ).toEqual([subject('1'), other('2')]);
    const coverage = {
      beneficiary: ref('Patient/1'),
      subscriber: ref('Patient/2'),
      payor: [ref('Patient/1')],
    };
    expect(patientsOf({ resourceType: 'Coverage', ...coverage })).toEqual(
      expect.arrayContaining([subject('1'), other('2')]),
    );
  });

  it('takes the only patient for the subject, whatever the element', () => {
    const participant = [{ actor: ref('Patient/1') }, { actor: ref('Practitioner/2') }];
    expect(patientsOf({ resourceType: 'Appointment', participant })).toEqual([subject('1')]);
    const two = [{ actor: ref('Patient/1') }, { actor: ref('Patient/2') }];
    expect(patientsOf({ resourceType: 'Appointment', participant: two })).toEqual([other('1'), other('2')]);
  });

  it('does not widen the compartment by other references', () => {
    expect(observation({ focus: [ref('Patient/9')] })).toEqual([]);
    expect(patientsOf({ resourceType: 'Device', patient: ref('Patient/9') })).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['another server’s patient', ref('https://other.example/fhir/Patient/1')],
    ['a patient by identifier alone', { type: 'Patient', identifier: { value: 'x' } }],
    ['a reference that is not resolved', ref('urn:uuid:00000000-0000-4000-8000-000000000000')],
    ['a conditional reference', ref('Patient?identifier=x')],
    ['a contained resource that is missing', ref('#nobody')],
    ['a contained patient', ref('#p')],
  ])('never takes %s for nobody', (_, value) => {
    const contained = [{ resourceType: 'Patient', id: 'p' }];
    expect(observation({ contained: value['reference'] === '#p' ? contained : [], subject: value })).toEqual([
      subject(UNKNOWN_PATIENT),
    ]);
    expect(observation({ subject: ref('Patient/1'), performer: [value], contained })).toEqual([
      subject('1'),
      other(UNKNOWN_PATIENT),
    ]);
  });

  it.each<[string, JsonObject]>([
    ['an identifier without a type', { identifier: { value: 'x' } }],
    ['a name', { display: 'Ann' }],
  ])('never takes a subject who is told by %s for the other patient who is named', (_, value) => {
    const performer = [ref('Patient/1')];
    expect(observation({ subject: value, performer })).toEqual([subject(UNKNOWN_PATIENT), other('1')]);
    expect(observation({ subject: { ...value, type: 'Group' }, performer })).toEqual([subject('1')]);
  });

  it('tells each member of a list of subjects by itself', () => {
    const untold = { identifier: { value: 'x' } };
    expect(patientsOf({ resourceType: 'Account', subject: [ref('Patient/1'), untold] })).toEqual([
      subject('1'),
      subject(UNKNOWN_PATIENT),
    ]);
  });

  it.each(['Task', 'Observation'])('never takes a %s of somebody untold for nobody’s', (resourceType) => {
    const element = resourceType === 'Task' ? 'for' : 'subject';
    const contained = [{ resourceType, [element]: { display: 'Ann' } }];
    expect(patientsOf({ resourceType, [element]: { display: 'Ann' } })).toEqual([subject(UNKNOWN_PATIENT)]);
    expect(observation({ subject: ref('Patient/1'), contained })).toEqual([
      subject('1'),
      other(UNKNOWN_PATIENT),
    ]);
  });

  it('does not take an agent who is told by name for a patient', () => {
    const agent = [{ who: { display: 'A clerk' } }];
    expect(patientsOf({ resourceType: 'AuditEvent', agent })).toEqual([]);
  });

  it('ignores who is no patient', () => {
    const contained = [{ resourceType: 'Practitioner', id: 'd' }];
    const performer = [
      ref('#d'),
      ref('https://a.example/Organization/1'),
      { display: 'Dr. X' },
      ref('Group/1'),
    ];
    expect(observation({ contained, performer })).toEqual([]);
  });

  it('counts the patients of contained resources as others', () => {
    const contained = [{ resourceType: 'Observation', id: 'c', subject: ref('Patient/2') }];
    expect(observation({ subject: ref('Patient/1'), contained })).toEqual([subject('1'), other('2')]);
  });

  it('finds patients in examples of every compartment type', () => {
    const without = Object.keys(PATIENT_COMPARTMENT).filter((type) =>
      Array.from({ length: 25 }, (_, seed) => patientsOf(exampleResource(type, seed))).every(
        (patients) => patients.length === 0,
      ),
    );
    expect(without).toEqual([]);
  });

  it('names nobody for what has no shape', () => {
    expect(patientsOf({})).toEqual([]);
    expect(patientsOf({ resourceType: 'Observation', subject: 'Patient/1' })).toEqual([]);
    expect(patientsOf({ resourceType: '__proto__' })).toEqual([]);
  });
});
