import { isDatabaseLost } from './is-database-lost.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('isDatabaseLost', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P03', '57014', '53300', '08006'])(
    'sees that with %s another try may succeed',
    (code) => {
      expect(isDatabaseLost(withCode(code))).toBe(true);
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('knows the driver’s words: %s', (message) => {
    expect(isDatabaseLost(new Error(message))).toBe(true);
  });

  it.each([
    withCode('23505'),
    withCode('42P01'),
    withCode('ENOENT'),
    new Error('Connection'),
    'lost',
    undefined,
  ])('takes nothing else for it: %s', (error) => {
    expect(isDatabaseLost(error)).toBe(false);
  });
});
