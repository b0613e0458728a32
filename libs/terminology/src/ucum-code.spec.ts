import fc from 'fast-check';
import { unitConversion } from './ucum.js';
import { UNIT_ALIASES } from './ucum-aliases.js';
import { ucumCode } from './ucum-code.js';

describe('ucumCode', () => {
  it.each([
    ['mmHg', 'mm[Hg]'],
    ['x10E3/uL', '10*3/uL'],
    ['X10E6/UL', '10*6/uL'],
    ['10^3/µL', '10*3/uL'],
    ['10*3/uL', '10*3/uL'],
    ['10e9/l', '10*9/L'],
    ['10^3/MCL', '10*3/uL'],
    ['10^3/mcl', '10*3/uL'],
    ['10^3/ul', '10*3/uL'],
    ['X10E6/MM3', '10*6/mm3'],
    ['10**3/ML', '10*3/mL'],
    ['10E09/L', '10*9/L'],
    ['10*3', '10*3'],
    ['K/uL', '10*3/uL'],
    ['beats/min', '{beats}/min'],
    ['IU/mL', '[IU]/mL'],
    ['mEq/L', 'meq/L'],
    ['MG/DL', 'mg/dL'],
    ['MG', 'mg'],
    ['PG', 'pg'],
    ['ML', 'mL'],
    ['U/ML', 'U/mL'],
    ['UIU/ML', 'u[IU]/mL'],
    ['IU/ML', '[IU]/mL'],
    ['ML/MIN', 'mL/min'],
    ['U/L', 'U/L'],
    ['g/L', 'g/L'],
    ['SEC', 's'],
    ['sec', 's'],
    ['cells/uL', '{cells}/uL'],
    ['µmol/L', 'umol/L'],
    ['μmol/L/h', 'umol/L/h'],
    ['mg/dL', 'mg/dL'],
    ['mg/dl', 'mg/dl'],
    ['{Ratio}', '{Ratio}'],
    [' % ', '%'],
  ])('makes of %j %s', (text, code) => {
    expect(ucumCode(text)).toBe(code);
  });

  it.each(['F', 'K', 'C', 'Mg', 'enzyme units', 'ERU', '', 'constructor', 'gm per day or so'])(
    'is not sure of %j',
    (text) => {
      expect(ucumCode(text)).toBeUndefined();
    },
  );

  it.each(['G/L', '/ML', 'U/GL', 'MU/L', 'TL'])('knows of no %j: some mean another unit', (text) => {
    expect(ucumCode(text)).toBeUndefined();
    expect(ucumCode(text, true)).toBeUndefined();
  });

  it('gives what is written in powers of ten a code that is UCUM, however it is written', () => {
    const parts = fc.record({
      before: fc.constantFrom('', 'x', 'X', 'x '),
      ten: fc.constantFrom('10E', '10e', '10^', '10*', '10**'),
      power: fc.integer({ min: 1, max: 12 }),
      per: fc.constantFrom('', '/uL', '/µL', '/mcL', '/mm3', '/mL', '/L'),
      change: fc.constantFrom<(text: string) => string>(
        (text) => text,
        (text) => text.toUpperCase(),
        (text) => text.toLowerCase(),
      ),
    });
    fc.assert(
      fc.property(parts, ({ before, ten, power, per, change }) => {
        const code = ucumCode(before + ten + String(power) + change(per).replace('Μ', 'µ'));
        expect(code).toMatch(/^10\*\d{1,2}(\/(uL|mm3|mL|L))?$/);
        expect(unitConversion(code ?? '')).toBeDefined();
      }),
    );
  });

  it('believes who says UCUM, but for codes that nobody means', () => {
    expect(ucumCode("[arb'U]/mL", true)).toBe("[arb'U]/mL");
    expect(ucumCode("[arb'U]/mL")).toBeUndefined();
    expect(ucumCode('F', true)).toBeUndefined();
    expect(ucumCode('two words', true)).toBeUndefined();
  });

  it('gives an alias a code that is UCUM', () => {
    const arbitrary = /\[(CFU|HPF|LPF|IU)\]/;
    const codes = Object.values(UNIT_ALIASES);
    expect(codes.filter((code) => !arbitrary.test(code) && unitConversion(code) === undefined)).toEqual([]);
    expect(codes.filter((code) => ucumCode(code, true) !== code)).toEqual([]);
  });

  it('answers anything at all without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), (text, stated) => {
        expect(() => ucumCode(text, stated)).not.toThrow();
      }),
    );
  });
});
