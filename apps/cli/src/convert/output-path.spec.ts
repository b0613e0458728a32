import { outputPath } from './output-path.js';

describe('the place of a conversion', () => {
  it.each([
    ['a.hl7', 'out/a.hl7.json'],
    ['./v2/a.hl7', 'out/v2/a.hl7.json'],
    ['v2//deep/./a', 'out/v2/deep/a.json'],
    ['/data/v2/a.hl7', 'out/data/v2/a.hl7.json'],
    ['-', 'out/-.json'],
    ['..hl7', 'out/..hl7.json'],
  ])('of %s is %s', (input, expected) => {
    expect(outputPath('out', input)).toBe(expected);
  });

  it.each(['../a.hl7', 'v2/../../a', '/..', '..', 'a/..', '/', '.', ''])('is refused for "%s"', (input) => {
    expect(outputPath('out', input)).toBeUndefined();
  });
});
