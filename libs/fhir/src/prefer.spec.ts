import { preferredReturn } from './prefer.js';

describe('preferredReturn', () => {
  it.each([
    ['return=minimal', 'minimal'],
    ['handling=lenient, return=representation', 'representation'],
    ['respond-async;return = "OperationOutcome"', 'OperationOutcome'],
    ['return=everything', undefined],
    ['xreturn=minimal', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s: %s', (prefer, expected) => {
    expect(preferredReturn(prefer)).toBe(expected);
  });
});
