import { detectFormat } from './detect-format.js';

const detected = (text: string) => detectFormat(Buffer.from(text, 'utf8'));

describe('the format of a payload', () => {
  it.each([
    ['a message', 'MSH|^~\\&|A\rPID|1\r'],
    ['a message after a byte order mark', '\uFEFFMSH|^~\\&|A\r'],
    ['a frame', '\u000BMSH|^~\\&|A\r\u001C\r'],
    ['a batch', 'BHS|^~\\&|A\rMSH|^~\\&|A\r'],
    ['a file of batches', '\r\nFHS|^~\\&|A\r'],
  ])('is v2 for %s', (_title, text) => {
    expect(detected(text)).toBe('v2');
  });

  it('is FHIR for an object that names its type, wherever', () => {
    expect(detected('{"resourceType":"Patient"}')).toBe('fhir-r4');
    expect(detected(`\n{"a":"${'x'.repeat(9_000)}","resourceType":"Patient"}`)).toBe('fhir-r4');
  });

  it.each(['', ' ', '{"a":1}', '<ClinicalDocument/>', 'PID|1', 'msh|^~\\&|', 'xMSH|^~\\&|'])(
    'is not known for "%s"',
    (text) => {
      expect(detected(text)).toBeUndefined();
    },
  );
});
