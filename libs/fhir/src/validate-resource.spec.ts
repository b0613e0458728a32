import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { env, stderr } from 'node:process';
import { parseStrict, type JsonObject, type JsonValue } from '#digest';
import { RESOURCE_TYPES } from './generated/resource-types.js';
import { isObject, listOf } from './json-shape.js';
import { exampleResource } from './testing/example-resource.js';
import { validateResource } from './validate-resource.js';

const patient = (more: JsonObject) => ({ resourceType: 'Patient', id: 'p', ...more });
const observation = (more: JsonObject) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
});

describe('validateResource', () => {
  it('accepts an example of every type', () => {
    const faulty = RESOURCE_TYPES.flatMap((type) =>
      [0, 1, 2, 3, 4].map((seed) => ({ type, seed, issues: validateResource(exampleResource(type, seed)) })),
    ).filter(({ issues }) => issues.length > 0);
    expect(faulty.slice(0, 5)).toEqual([]);
  });

  it.each<[JsonObject, string, string]>([
    [{ resourceType: 'Nothing' }, 'type-known', 'Nothing'],
    [{}, 'type-known', 'Resource'],
    [patient({ shoeSize: 9 }), 'member-known', 'Patient'],
    [patient({ name: { family: 'x' } }), 'list', 'Patient.name'],
    [patient({ gender: ['male'] }), 'single', 'Patient.gender'],
    [patient({ gender: 'M' }), 'binding', 'Patient.gender'],
    [patient({ birthDate: '2020-02-30' }), 'primitive', 'Patient.birthDate'],
    [patient({ birthDate: '2020-02-20T10:00:00Z' }), 'primitive', 'Patient.birthDate'],
    [patient({ active: 'true' }), 'primitive', 'Patient.active'],
    [patient({ name: [] }), 'not-empty', 'Patient.name'],
    [patient({ name: [{}] }), 'not-empty', 'Patient.name[0]'],
    [patient({ name: [{ family: 'a' }, { given: ['b', 7] }] }), 'primitive', 'Patient.name[1].given[1]'],
    [patient({ name: ['x'] }), 'object', 'Patient.name[0]'],
    [patient({ maritalStatus: null }), 'object', 'Patient.maritalStatus'],
    [patient({ _name: [] }), 'member-known', 'Patient'],
    [patient({ deceasedBoolean: true, deceasedDateTime: '2020' }), 'one-of-choice', 'Patient'],
    [
      patient({ generalPractitioner: [{ reference: 'Patient/1' }] }),
      'target',
      'Patient.generalPractitioner[0]',
    ],
    [patient({ managingOrganization: { type: 'Patient' } }), 'target', 'Patient.managingOrganization'],
    [patient({ multipleBirthInteger: 1.5 }), 'primitive', 'Patient.multipleBirth'],
    [patient({ id: 'a_b' }), 'primitive', 'Patient.id'],
    [patient({ language: 'a\u0007' }), 'primitive', 'Patient.language'],
    [{ resourceType: 'Observation', code: { text: 'x' } }, 'required', 'Observation.status'],
    [observation({ status: 'zzz' }), 'binding', 'Observation.status'],
    [observation({ value: 1 }), 'member-known', 'Observation'],
    [observation({ component: [{ valueString: 'x' }] }), 'required', 'Observation.component[0].code'],
    [observation({ effectiveDateTime: '2020-01-01T10:00' }), 'primitive', 'Observation.effective'],
    [
      observation({ subject: { reference: 'https://a.example/fhir/Organization/1' } }),
      'target',
      'Observation.subject',
    ],
    [observation({ contained: [{ resourceType: 'Zzz' }] }), 'type-known', 'Observation.contained[0]'],
    [
      observation({ contained: [patient({ contained: [patient({})] })] }),
      'no-nested-contained',
      'Observation.contained[0]',
    ],
    [observation({ extension: [{ valueString: 'x' }] }), 'required', 'Observation.extension[0].url'],
  ])('finds the fault in %j', (resource, rule, expression) => {
    expect(validateResource(resource)).toEqual([expect.objectContaining({ rule, expression })]);
  });

  it('accepts what FHIR allows in odd places', () => {
    const given = { given: ['a', null], _given: [null, { extension: [{ url: 'u', valueString: 'x' }] }] };
    const absent = { extension: [{ url: 'http://example.org/reason', valueCode: 'unknown' }] };
    const inner = { resourceType: 'Organization', id: 'i', active: true };
    const odd = [
      patient({ name: [given] }),
      patient({ _birthDate: absent }),
      { resourceType: 'Observation', _status: absent, code: { text: 'x' } },
      observation({ contained: [inner], performer: [{ reference: '#i' }] }),
      observation({ valueQuantity: { value: parseStrict('1.10') } }),
      observation({ code: { coding: [{ system: 's', code: 'x' }] }, subject: { display: 'somebody' } }),
    ];
    expect(odd.flatMap((resource) => validateResource(resource))).toEqual([]);
  });

  it('says nothing of the content', () => {
    const secret = 'Zaphod';
    const found = validateResource(patient({ [secret]: secret, gender: secret, name: [{ use: secret }] }));
    expect(found.length).toBeGreaterThan(2);
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  it('stops after a hundred issues and says so', () => {
    const name = Array.from({ length: 5000 }, () => ({ use: 'zzz' }));
    const found = validateResource(patient({ name }));
    expect(found).toHaveLength(101);
    expect(found.at(-1)?.rule).toBe('too-many-issues');
  });

  it('finds a broken element wherever one is put', () => {
    const broken = fc.constantFrom<JsonValue>({ zzz: 1 }, [[]], [{}], {});
    const places = fc.constantFrom('code', 'subject', 'component', 'referenceRange', 'valueQuantity', 'note');
    fc.assert(
      fc.property(places, broken, (name, value) => {
        expect(validateResource(observation({ [name]: value })).length).toBeGreaterThan(0);
      }),
    );
  });

  it('throws for no JSON at all', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('name', 'contact', 'link', '_gender', 'contained'), fc.json()),
        (more) => {
          const members = Object.fromEntries(
            Object.entries(more).map(([name, text]) => [name, parseStrict(text)]),
          );
          expect(validateResource(patient(members))).toBeInstanceOf(Array);
        },
      ),
    );
  });

  it('agrees with the FHIR that other converters made, where it is at hand', () => {
    const folder = path.join(
      env['PROVISO_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../shared'),
      'corpora/v2-pair/fhir-converter',
    );
    if (!fs.existsSync(folder)) {
      stderr.write('skipped: no corpus of converted FHIR\n');
      return;
    }
    const resources = jsonFiles(folder).flatMap((file) => resourcesOf(parseStrict(fs.readFileSync(file))));
    const faulty = resources.filter((resource) => validateResource(resource).length > 0);
    expect(resources.length).toBeGreaterThan(100);
    expect(faulty.length / resources.length).toBeLessThan(0.005);
  });
});

function jsonFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => path.join(folder, name));
}

function resourcesOf(value: JsonValue): JsonObject[] {
  if (!isObject(value)) return [];
  if (value['resourceType'] !== 'Bundle') return value['resourceType'] === undefined ? [] : [value];
  return listOf(value['entry']).flatMap((entry) =>
    resourcesOf(isObject(entry) ? (entry['resource'] ?? null) : null),
  );
}
