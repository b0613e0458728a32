import { GatewayError } from '#outcome';
import { storageFault } from '#store';
import { knownError } from './known-error.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('knownError', () => {
  it.each([
    ['a database that is away', withCode('57P01'), 'seal-unavailable'],
    ['a statement that took too long', withCode('57014'), 'overloaded'],
    ['a fault of ours', new TypeError('undefined is not a function'), 'internal'],
    ['an error of the table', new GatewayError('not-found'), 'not-found'],
  ])('makes of %s %s', (_what, error, code) => {
    expect(knownError(error, { storageFault })).toMatchObject({ code });
  });
});
