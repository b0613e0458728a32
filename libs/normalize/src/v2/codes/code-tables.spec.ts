import { CODE_TABLES } from './code-tables.js';

describe('CODE_TABLES', () => {
  it.each([
    ['AdministrativeSex', 'A', 'other', 'http://hl7.org/fhir/administrative-gender'],
    ['PatientClass[EncounterClass]', 'I', 'IMP', 'http://terminology.hl7.org/CodeSystem/v3-ActCode'],
    ['MaritalStatus', 'S', 'S', 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus'],
    ['Relationship', 'EMC', 'C', 'http://terminology.hl7.org/CodeSystem/v2-0131'],
    ['InterpretationCodes', 'HH', 'HH', 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation'],
    ['ResultStatus[Non-Queries]', 'R', 'partial', 'http://hl7.org/fhir/diagnostic-report-status'],
    ['EventType', 'R01', 'R01', 'http://terminology.hl7.org/CodeSystem/v2-0003'],
    ['SpecimenType', 'ABS', 'ABS', 'http://terminology.hl7.org/CodeSystem/v2-0487'],
  ])('of %s, makes of %s %s', (name, from, code, system) => {
    expect(CODE_TABLES[name]?.[from]).toMatchObject({ code, system });
  });

  it('has a code and an absolute system in every row, and no empty display', () => {
    const rows = Object.values(CODE_TABLES).flatMap((table) => Object.values(table));
    expect(rows.length).toBeGreaterThan(2300);
    for (const { system, code, display } of rows) {
      expect(system).toMatch(/^(https?:\/\/|urn:)\S+$/);
      expect(code).toMatch(/^\S+( \S+)*$/);
      expect(display).not.toBe('');
    }
  });

  it('knows the maps that state nothing, as empty ones', () => {
    expect(CODE_TABLES['SpecimenSourceSite']).toEqual({});
  });
});
