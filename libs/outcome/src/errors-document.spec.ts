import fs from 'node:fs';
import path from 'node:path';
import { ERRORS } from './codes.js';
import { GatewayError } from './gateway-error.js';
import { outcomeOf, outcomeOfError } from './operation-outcome.js';

const text = fs.readFileSync(path.resolve(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, code = '', status = '', issue = '', cause = '', client = '']) => ({
    code: code.replaceAll('`', ''),
    status: Number(status),
    issue,
    cause,
    client,
  }));
const CODES = Object.entries(ERRORS);

const bytes = (cause: unknown) =>
  JSON.stringify(outcomeOfError(new GatewayError('not-found', { cause })).outcome);

describe('docs/errors.md', () => {
  it('has every code of the table once, in order, and no other', () => {
    expect(rows.map((row) => row.code)).toEqual(CODES.map(([code]) => code));
  });

  it('has the status and issue of every code', () => {
    expect(rows.map(({ code, status, issue }) => [code, status, issue])).toEqual(
      CODES.map(([code, row]) => [code, row.status, row.issue]),
    );
  });

  it('says of every code what causes it and what the client may do', () => {
    for (const { cause, client } of rows) {
      expect(cause).toMatch(/^[A-Z`].{15,}\.$/);
      expect(client).toMatch(/^[A-Z].{4,}\.$/);
    }
  });
});

describe('the error table', () => {
  it('goes up by status, with client faults as errors and unknown faults of ours as fatal', () => {
    const statuses = CODES.map(([, row]) => row.status);
    expect(statuses).toEqual(statuses.toSorted((a, b) => a - b));
    expect(CODES.filter(([, row]) => row.severity === 'fatal').map(([, row]) => row.status)).toEqual([
      500, 500,
    ]);
  });

  it('has a fixed text for every code that names nothing', () => {
    for (const [, row] of CODES) expect(row.text).toMatch(/^[A-Z][^{}$%]+\.$/);
  });
});

describe('outcomeOfError', () => {
  it('shows details of what a client got wrong, and of nothing else', () => {
    const shown = outcomeOfError(
      new GatewayError('invalid-value', { details: 'no date', expression: ['Patient.birthDate'] }),
    );
    expect(shown).toMatchObject({ status: 400, code: 'invalid-value' });
    expect(shown.outcome.issue[0]).toMatchObject({
      diagnostics: 'no date',
      expression: ['Patient.birthDate'],
    });
    const kept = outcomeOfError(new GatewayError('source-invalid', { details: 'inner matter' }));
    expect(JSON.stringify(kept.outcome)).not.toContain('inner matter');
  });

  it.each([
    new Error('secret'),
    'secret',
    undefined,
    null,
    { status: 404, code: 'not-found', message: 'secret' },
  ])('makes %j an internal error of fixed text', (error) => {
    const answer = outcomeOfError(error);
    expect(answer).toEqual({ code: 'internal', status: 500, outcome: outcomeOf('internal') });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it('gives the same bytes for the same code, whatever the cause', () => {
    expect(bytes(new Error('hidden'))).toBe(bytes(undefined));
    expect(bytes(undefined)).toBe(JSON.stringify(outcomeOf('not-found')));
  });
});

describe('GatewayError', () => {
  it('knows its row, and keeps its cause', () => {
    const cause = new Error('why');
    const error = new GatewayError('overloaded', { cause, retryAfterS: 3 });
    expect(error).toMatchObject({
      code: 'overloaded',
      status: 503,
      issue: 'transient',
      expose: false,
      retryAfterS: 3,
      cause,
    });
  });
});
