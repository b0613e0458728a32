import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bitmapOf, classBit, namesOf, purposeBit, VOCABULARY } from './vocabulary.js';

const golden: unknown = JSON.parse(
  readFileSync(path.join(process.cwd(), 'test/golden/vocabulary.json'), 'utf8'),
);

describe('VOCABULARY', () => {
  it('is the published list, bit for bit: a bit never changes its meaning', () => {
    expect(golden).toEqual({ ...VOCABULARY });
  });

  it('fits the words of the terms', () => {
    expect(VOCABULARY.classes.length).toBeLessThanOrEqual(256);
    expect(VOCABULARY.purposes.length).toBeLessThanOrEqual(64);
    expect(new Set(VOCABULARY.classes).size).toBe(VOCABULARY.classes.length);
  });

  it('maps names to bits and back', () => {
    const map = bitmapOf(VOCABULARY.classes, ['Observation', 'Patient']);
    expect(namesOf(VOCABULARY.classes, map)).toEqual(['Observation', 'Patient']);
    expect(namesOf(VOCABULARY.classes, 1n << 255n)).toEqual([]);
    expect(classBit('Nonsense')).toBeUndefined();
    expect(purposeBit('TREAT')).toBe(0);
  });
});
