import fc from 'fast-check';
import { canonicalValue, unitConversion } from './ucum.js';

const inCanonical = (value: number, code: string) => {
  const conversion = unitConversion(code);
  return conversion === undefined ? undefined : [canonicalValue(value, conversion), conversion.code];
};

describe('unitConversion', () => {
  it.each([
    [5.4, 'mg/dL', [54, 'g.m-3']],
    [54, 'mg/L', [54, 'g.m-3']],
    [0.054, 'g/L', [54, 'g.m-3']],
    [120, 'mm[Hg]', inCanonical(15.99864, 'kPa')],
    [70, 'kg', [70_000, 'g']],
    [154.323583529414, '[lb_av]', [70_000, 'g']],
    [1.8, 'm', [1.8, 'm']],
    [180, 'cm', [1.8, 'm']],
    [37, 'Cel', [310.15, 'K']],
    [98.6, '[degF]', [310.15, 'K']],
    [72, '/min', [1.2, 's-1']],
    [72, '{beats}/min', [1.2, 's-1']],
    [4.5, '10*3/uL', inCanonical(4.5, '10*9/L')],
    [4.5, '10*12/L', inCanonical(4.5e6, '10*6/L')],
    [60, 'mL/min/{1.73_m2}', inCanonical(60, 'mL/min')],
    [140, 'mmol/L', inCanonical(0.14, 'mol/L')],
    [97, '%', [0.97, '1']],
    [25, 'kg/m2', [25_000, 'g.m-2']],
    [3, 'm[iU]/L', inCanonical(3, 'u[iU]/mL')],
  ])('gives %d %s its canonical value', (value, code, expected) => {
    expect(inCanonical(value, code)).toEqual(expected);
  });

  it.each([
    '',
    'MG/DL',
    'furlong',
    'mg//dL',
    'mg/',
    'cells',
    'mmHg',
    '/',
    '.',
    '10*3/',
    'toString',
    '__proto__',
  ])('does not know %j', (code) => {
    expect(unitConversion(code)).toBeUndefined();
  });

  it('keeps a quotient of two units the quotient of their factors', () => {
    const unit = fc.constantFrom('g', 'mg', 'L', 'dL', 'mol', 'umol', 'min', 'h', 'm2', 'cm', '[iU]');
    fc.assert(
      fc.property(unit, unit, (a, b) => {
        const [whole, over, under] = [unitConversion(`${a}/${b}`), unitConversion(a), unitConversion(b)];
        expect(whole?.factor).toBeCloseTo((over?.factor ?? NaN) / (under?.factor ?? NaN), 12);
        expect(unitConversion(`${a}/${a}`)?.code).toBe('1');
      }),
    );
  });

  it('answers anything at all without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (code) => {
        expect(() => unitConversion(code)).not.toThrow();
      }),
    );
  });
});
