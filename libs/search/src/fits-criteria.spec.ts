import type { Criterion } from '#fhir';
import { fitsCriteria } from './fits-criteria.js';
import { indexRows } from './index-resource.js';

const rows = indexRows({
  resourceType: 'Observation',
  category: [
    {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
    },
  ],
});
const token = (param: string, system: string | null | undefined, code: string | undefined): Criterion => ({
  param,
  modifier: undefined,
  values: [{ kind: 'token', system, code }],
});

describe('fitsCriteria', () => {
  it('fits a code with or without its system', () => {
    expect(fitsCriteria([token('category', undefined, 'vital-signs')], rows)).toBe(true);
    expect(
      fitsCriteria(
        [token('category', 'http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')],
        rows,
      ),
    ).toBe(true);
  });

  it('does not fit another code, another system, or no system', () => {
    expect(fitsCriteria([token('category', undefined, 'laboratory')], rows)).toBe(false);
    expect(fitsCriteria([token('category', 'http://example.org', 'vital-signs')], rows)).toBe(false);
    expect(fitsCriteria([token('category', null, 'vital-signs')], rows)).toBe(false);
  });

  it('demands every criterion', () => {
    expect(
      fitsCriteria([token('category', undefined, 'vital-signs'), token('status', undefined, 'final')], rows),
    ).toBe(false);
  });

  it('does not fit what it does not judge', () => {
    const text: Criterion = {
      param: 'category',
      modifier: 'text',
      values: [{ kind: 'string', text: 'vital' }],
    };
    expect(fitsCriteria([text], rows)).toBe(false);
  });
});
