import { parseMessage } from '../message/parse-message.js';
import { verdictOf, type Accepted } from './verdict.js';

function judged(text: string, accepted?: Accepted): readonly (readonly [number, string])[] {
  const { outcome, faults } = verdictOf(parseMessage(Buffer.from(text)), accepted);
  expect(outcome).toBe(faults.length === 0 ? 'accepted' : 'rejected');
  return faults.map((fault) => [fault.code, fault.location]);
}

const HEAD = 'MSH|^~\\&|LAB|LAKE|EHR|TOWN|20260112||';

describe('verdictOf', () => {
  it('accepts every version and processing id where none is configured', () => {
    expect(judged(`${HEAD}ADT^A01|M7|X|9.9`)).toEqual([]);
    expect(judged(`${HEAD}ADT^A01|M7`, { versions: [], processingIds: undefined })).toEqual([]);
  });

  it.each([
    [`${HEAD}ADT^A01||P|2.5`, 101, 'MSH-10'],
    [`${HEAD}ADT^A01|""|P|2.5`, 101, 'MSH-10'],
    [`${HEAD}|M7|P|2.5`, 101, 'MSH-9'],
    [`${HEAD}ADT^A01|M7|T|2.5`, 202, 'MSH-11'],
    [`${HEAD}ADT^A01|M7||2.5`, 101, 'MSH-11'],
    [`${HEAD}ADT^A01|M7|P|2.9`, 203, 'MSH-12'],
    [`${HEAD}ADT^A01|M7|P`, 101, 'MSH-12'],
    ['', 100, 'MSH'],
    ['\r\n', 100, 'MSH'],
    ['PID|1', 100, 'MSH'],
    ['MSH', 100, 'MSH-1'],
    ['MSH|^^^', 100, 'MSH-2'],
  ])('rejects %j for %i at %s', (text, code, location) => {
    expect(judged(text, { versions: ['2.5', '2.5.1'], processingIds: ['P'] })).toEqual([[code, location]]);
  });

  it('names all that is wrong with a header', () => {
    expect(judged(`${HEAD}ADT^A01||T|2.9`, { versions: ['2.5'], processingIds: ['P'] })).toEqual([
      [101, 'MSH-10'],
      [202, 'MSH-11'],
      [203, 'MSH-12'],
    ]);
    expect(judged(`${HEAD}||P`)).toEqual([
      [101, 'MSH-9'],
      [101, 'MSH-10'],
    ]);
  });

  it('rejects what is too much or in a character set that nobody can read', () => {
    const declared = `${HEAD}ADT^A01|M7|P|2.5||||||CNS 11643-1992\rPID|1||`;
    const bytes = Buffer.concat([Buffer.from(declared), Buffer.of(0xc4, 0xe3, 0xa1)]);
    expect(verdictOf(parseMessage(bytes)).faults).toEqual([{ code: 207, location: 'MSH-18', severity: 'E' }]);
    expect(judged(`${HEAD}ADT^A01|M7|P|2.5\r${'NTE|1\r'.repeat(100_001)}`)).toEqual([[207, 'MSH']]);
  });
});
