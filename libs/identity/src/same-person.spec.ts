import fc from 'fast-check';
import { featuresOf, type PatientFeatures } from './features.js';
import { samePerson } from './same-person.js';

const STRONG = 'https://registry.example/person-number';
const OTHER_STRONG = 'https://registry.example/passport';
const MRN = 'https://northside.example/mrn';

function person(birthDate: string | undefined, ...identifiers: string[]): PatientFeatures {
  return { birthDate, identifiers, replacedBy: [] };
}

describe('samePerson', () => {
  const anna = person('1990-01-02', `${STRONG}|EX-1`, `${MRN}|7`);

  it('is certain with a shared strong identifier and the same birth date', () => {
    expect(samePerson(anna, person('1990-01-02', `${STRONG}|EX-1`), [STRONG])).toBe('certain');
  });

  it.each<[string, PatientFeatures]>([
    ['another birth date', person('1990-01-03', `${STRONG}|EX-1`)],
    ['no birth date', person(undefined, `${STRONG}|EX-1`)],
    ['another strong identifier', person('1990-01-02', `${STRONG}|EX-2`)],
    ['a weak identifier only', person('1990-01-02', `${MRN}|7`)],
    ['no identifier', person('1990-01-02')],
    ['a second value in the strong system', person('1990-01-02', `${STRONG}|EX-1`, `${STRONG}|EX-2`)],
    ['a system that only begins alike', person('1990-01-02', `${STRONG}s|EX-1`)],
  ])('is not with %s', (_what, other) => {
    expect(samePerson(anna, other, [STRONG])).toBe('none');
  });

  it('is not where both birth dates are unknown', () => {
    const nobody = person(undefined, `${STRONG}|EX-1`);
    expect(samePerson(nobody, nobody, [STRONG])).toBe('none');
  });

  it('is not where one strong system agrees and another disagrees', () => {
    const a = person('1990-01-02', `${STRONG}|EX-1`, `${OTHER_STRONG}|P1`);
    const b = person('1990-01-02', `${STRONG}|EX-1`, `${OTHER_STRONG}|P2`);
    expect(samePerson(a, b, [STRONG])).toBe('certain');
    expect(samePerson(a, b, [STRONG, OTHER_STRONG])).toBe('none');
  });

  it('is never certain without strong systems', () => {
    expect(samePerson(anna, anna, [])).toBe('none');
  });

  it('is symmetric', () => {
    const identifier = fc.constantFrom(`${STRONG}|1`, `${STRONG}|2`, `${OTHER_STRONG}|1`, `${MRN}|1`);
    const features = fc.record({
      birthDate: fc.constantFrom(undefined, '1990-01-02', '1991-01-02'),
      identifiers: fc.array(identifier, { maxLength: 4 }),
      replacedBy: fc.constant([]),
    });
    fc.assert(
      fc.property(features, features, (a, b) => {
        const systems = [STRONG, OTHER_STRONG];
        expect(samePerson(a, b, systems)).toBe(samePerson(b, a, systems));
      }),
    );
  });
});

describe('featuresOf', () => {
  it('reads identifiers and a whole birth date', () => {
    const identifier = [
      { system: STRONG, value: 'EX-1' },
      { system: STRONG, value: 'EX-0', use: 'old' },
      { system: MRN },
      { value: '8' },
      { system: MRN, value: ' ' },
      'nonsense',
    ];
    expect(featuresOf({ identifier, birthDate: '1990-01-02' })).toEqual({
      identifiers: [`${STRONG}|EX-1`],
      birthDate: '1990-01-02',
      replacedBy: [],
    });
  });

  it.each(['1990', '1990-01', 1990, undefined])('does not take %s for a birth date', (birthDate) => {
    expect(featuresOf({ birthDate }).birthDate).toBeUndefined();
  });

  it('finds nothing in an empty Patient', () => {
    expect(featuresOf({ resourceType: 'Patient', identifier: {} })).toEqual({
      identifiers: [],
      birthDate: undefined,
      replacedBy: [],
    });
  });
});
