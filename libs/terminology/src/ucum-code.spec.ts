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
    ['K/uL', '10*3/uL'],
    ['beats/min', '{beats}/min'],
    ['IU/mL', '[IU]/mL'],
    ['mEq/L', 'meq/L'],
    ['MG/DL', 'mg/dL'],
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
