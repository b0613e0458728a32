import { isDatabaseLost, isStatementCancelled, isTooMuch } from './is-database-lost.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('isDatabaseLost', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P03', '53200', '53300', '08006'])(
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
    withCode('57014'),
    withCode('ENOENT'),
    new Error('Connection'),
    'lost',
    undefined,
  ])('takes nothing else for it: %s', (error) => {
    expect(isDatabaseLost(error)).toBe(false);
  });
});

describe('isStatementCancelled', () => {
  it('knows a statement that took too long', () => {
    expect(isStatementCancelled(withCode('57014'))).toBe(true);
    expect(['57P01', '53200', '40001'].map((code) => isStatementCancelled(withCode(code)))).not.toContain(
      true,
    );
  });
});

describe('isTooMuch', () => {
  it('knows a statement that needed more time or memory than there was', () => {
    expect(['57014', '53200'].map((code) => isTooMuch(withCode(code)))).toEqual([true, true]);
    expect(['57P01', '53300', '08006'].map((code) => isTooMuch(withCode(code)))).not.toContain(true);
  });
});
