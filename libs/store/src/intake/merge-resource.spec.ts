import fc from 'fast-check';
import type { JsonObject } from '#digest';
import { mergeResource } from './merge-resource.js';
import { keepRetired, retire, revive } from './retired.js';

const MRN = 'https://lakeview.example/mrn';
const TYPE = 'http://terminology.hl7.org/CodeSystem/v2-0203';

function identifier(value: string, code: string, system = MRN): JsonObject {
  return { type: { coding: [{ system: TYPE, code }] }, system, value };
}

function patient(change: JsonObject): JsonObject {
  return { resourceType: 'Patient', id: 'p', ...change };
}

describe('mergeResource', () => {
  it('replaces what is stated, lists whole, and keeps the rest', () => {
    const stored = patient({
      gender: 'female',
      birthDate: '1990-01-02',
      name: [{ family: 'A' }, { family: 'B' }],
    });
    const stated = patient({ birthDate: '1990-01-03', name: [{ family: 'C' }] });
    expect(mergeResource(stored, stated)).toEqual(
      patient({ gender: 'female', birthDate: '1990-01-03', name: [{ family: 'C' }] }),
    );
  });

  it('removes what is cleared, with its extensions', () => {
    const stored = patient({
      gender: 'female',
      birthDate: '1990',
      _birthDate: { extension: [{ url: 'u' }] },
    });
    expect(mergeResource(stored, patient({}), ['birthDate', 'address'])).toEqual(
      patient({ gender: 'female' }),
    );
  });

  it('knows a choice by all its names', () => {
    const stored = patient({ deceasedBoolean: false, _deceasedBoolean: { id: 'x' }, gender: 'male' });
    expect(mergeResource(stored, patient({ deceasedDateTime: '2020-01-01' }))).toEqual(
      patient({ gender: 'male', deceasedDateTime: '2020-01-01' }),
    );
    expect(mergeResource(stored, patient({}), ['deceasedDateTime'])).toEqual(patient({ gender: 'male' }));
  });

  it('replaces identifiers of the same system and type where they stood, and leaves others', () => {
    const stored = patient({
      identifier: [
        identifier('1', 'MR'),
        identifier('9', 'SS'),
        identifier('2', 'MR'),
        identifier('1', 'MR', 'x'),
      ],
    });
    const stated = patient({ identifier: [identifier('3', 'MR'), identifier('5', 'PI')] });
    expect(mergeResource(stored, stated)['identifier']).toEqual([
      identifier('3', 'MR'),
      identifier('9', 'SS'),
      identifier('1', 'MR', 'x'),
      identifier('5', 'PI'),
    ]);
  });

  it('replaces identifiers whole where it is no Patient, or where they were cleared before', () => {
    const stored = { resourceType: 'Encounter', id: 'e', identifier: [identifier('1', 'VN')] };
    const stated = { ...stored, identifier: [identifier('2', 'AN')] };
    expect(mergeResource(stored, stated)).toEqual(stated);
    const cleared = mergeResource(
      patient({ identifier: [identifier('1', 'MR')] }),
      patient({ identifier: [identifier('5', 'PI')] }),
      ['identifier'],
    );
    expect(cleared['identifier']).toEqual([identifier('5', 'PI')]);
  });

  it('replaces extensions by url', () => {
    const stored = patient({
      extension: [
        { url: 'a', valueString: '1' },
        { url: 'b', valueString: '2' },
      ],
    });
    expect(
      mergeResource(stored, patient({ extension: [{ url: 'b', valueString: '3' }] }))['extension'],
    ).toEqual([
      { url: 'a', valueString: '1' },
      { url: 'b', valueString: '3' },
    ]);
  });

  it('removes entries of a list that are cleared, and leaves the others', () => {
    const stored = patient({
      extension: [{ url: 'a' }, { url: 'b', valueString: '2' }],
      identifier: [identifier('1', 'MR'), identifier('9', 'SS', 'ssn')],
      telecom: [{ use: 'home', value: '1' }],
    });
    const merged = mergeResource(stored, patient({ extension: [{ url: 'c' }] }), [
      'extension(b)',
      'identifier(ssn)',
      'telecom(home)',
      'address(home)',
    ]);
    expect(merged).toEqual(
      patient({ extension: [{ url: 'a' }, { url: 'c' }], identifier: [identifier('1', 'MR')] }),
    );
    expect(Object.keys(merged)).not.toContain('telecom');
  });

  it('takes what is assumed only where nothing is stored', () => {
    const visit = { resourceType: 'Encounter', id: 'e' };
    const stored = { ...visit, status: 'finished', class: { code: 'IMP' } };
    const stated = { ...visit, status: 'unknown', class: { extension: [] }, length: { value: 1 } };
    expect(mergeResource(stored, stated, [], ['status', 'class'])).toEqual({
      ...stored,
      length: { value: 1 },
    });
    expect(mergeResource(stored, stated, ['class'], ['status', 'class'])).toEqual({
      ...stated,
      status: 'finished',
    });
    expect(mergeResource(visit, stated, [], ['status', 'class'])).toEqual(stated);
    const absent = { ...visit, _status: { extension: [{ url: 'u' }] } };
    expect(mergeResource(absent, { ...visit, status: 'unknown' }, [], ['status'])).toEqual(absent);
  });

  it('changes nothing the second time', () => {
    const names = ['gender', 'birthDate', `identifier(${MRN})`];
    const entry = fc.record({ value: fc.constantFrom('1', '2'), code: fc.constantFrom('MR', 'SS') });
    const any = fc
      .record(
        {
          gender: fc.constantFrom('male', 'female'),
          identifier: fc.array(
            entry.map(({ value, code }) => identifier(value, code)),
            { maxLength: 3 },
          ),
          deceasedBoolean: fc.boolean(),
        },
        { requiredKeys: [] },
      )
      .map((change): JsonObject => patient(change));
    fc.assert(
      fc.property(any, any, fc.subarray(names), fc.subarray(names), (stored, stated, cleared, assumed) => {
        const once = mergeResource(stored, stated, cleared, assumed);
        expect(mergeResource(once, stated, cleared, assumed)).toEqual(once);
      }),
    );
  });
});

describe('a Patient that gave way', () => {
  const retired = retire(patient({ link: [{ other: { reference: 'Patient/x' }, type: 'seealso' }] }), 'q');

  it('is not active, and says which one replaced it, once', () => {
    expect(retired).toEqual(
      patient({
        active: false,
        link: [
          { other: { reference: 'Patient/x' }, type: 'seealso' },
          { other: { reference: 'Patient/q' }, type: 'replaced-by' },
        ],
      }),
    );
    expect(retire(retired, 'q')).toEqual(retired);
    expect(JSON.stringify(retire(retired, 'r'))).not.toContain('Patient/q');
  });

  it('stays so whatever comes later', () => {
    expect(keepRetired(retired, patient({ active: true, gender: 'male' }))).toEqual({
      ...retired,
      gender: 'male',
    });
    expect(keepRetired(patient({}), patient({ active: true }))).toEqual(patient({ active: true }));
  });

  it('is in use again where the one that replaced it gives way to it', () => {
    expect(revive(retired, 'q')).toEqual(
      patient({ link: [{ other: { reference: 'Patient/x' }, type: 'seealso' }] }),
    );
    expect(revive(retire(patient({}), 'q'), 'q')).toEqual(patient({}));
    expect(revive(retired, 'another')).toBe(retired);
  });
});
