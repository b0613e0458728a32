import fc from 'fast-check';
import { V2_LIMITS } from './limits.js';
import { splitBatch } from './split-batch.js';

const ONE = 'MSH|^~\\&|LAB||||||ADT^A01|1|P|2.5\rPID|1\r';
const TWO = 'MSH|^~\\&|LAB||||||ADT^A01|2|P|2.5\rPID|1||Zoë\r';

function split(text: string, encoding: BufferEncoding = 'utf8'): readonly string[] {
  return splitBatch(Buffer.from(text, encoding)).map((bytes) => Buffer.from(bytes).toString(encoding));
}

function batch(text: string): string {
  return `BHS|^~\\&|LAB\r${text}BTS|1\r`;
}

describe('splitBatch', () => {
  it.each([ONE, '', 'noise', 'FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r', `\u000b\ufeff${ONE}`, `noise\r${ONE}`])(
    'leaves %j as it is',
    (text) => {
      const bytes = Buffer.from(text);
      const [only, ...others] = splitBatch(bytes);
      expect(others).toEqual([]);
      expect(only === bytes || text.startsWith('FHS')).toBe(true);
      expect(Buffer.from(only ?? []).toString()).toBe(text);
    },
  );

  it('parts messages that follow each other', () => {
    expect(split(ONE + TWO)).toEqual([ONE, TWO]);
    expect(split(`noise\r${ONE}\n\n${TWO}`)).toEqual([`noise\r${ONE}\n\n`, TWO]);
  });

  it('takes files and batches off', () => {
    expect(split(`FHS|^~\\&|LAB\r${batch(ONE + TWO)}${batch(TWO)}FTS|2\r`)).toEqual([ONE, TWO, TWO]);
    expect(split(`\ufeffBHS|^~\\&\n${ONE}BTS`)).toEqual([ONE]);
    expect(split(`${ONE}FTS|1\r`)).toEqual([ONE]);
  });

  it.each(['\n', '\r\n', '\r\r\n'])('knows lines by %j', (end) => {
    const [one, two] = [ONE, TWO].map((text) => text.replaceAll('\r', end));
    expect(split(`BHS|^~\\&${end}${one ?? ''}${two ?? ''}BTS|2${end}`)).toEqual([one, two]);
  });

  it('does not take the middle of a line for a header', () => {
    const text = `${ONE}NTE|1||MSH|^~\\&\rMSHX|1\rZZZ|BHS|\r`;
    expect(split(text)).toEqual([text]);
  });

  it.each(['utf16le', 'latin1'] as const)('parts messages in %s', (encoding) => {
    expect(split(`BHS|^~\\&\r${ONE}${TWO}BTS|2\r`, encoding)).toEqual([ONE, TWO]);
  });

  it('parts messages in UTF-16 with the high byte first', () => {
    const bytes = Buffer.from(`\ufeff${ONE}${TWO}`, 'utf16le').swap16();
    expect(splitBatch(bytes).map((part) => Buffer.from(part).swap16().toString('utf16le'))).toEqual([
      `\ufeff${ONE}`,
      TWO,
    ]);
  });

  it('leaves with the last what is beyond its limit', () => {
    const parts = splitBatch(Buffer.from('MSH|\r'.repeat(V2_LIMITS.batch + 5)));
    expect(parts).toHaveLength(V2_LIMITS.batch);
    expect(parts.at(-1)).toHaveLength(6 * 'MSH|\r'.length);
  });

  it('changes no byte, and loses none but envelopes', () => {
    const piece = fc.oneof(
      fc.constantFrom(ONE, TWO, '\r', '\n', 'MSH', 'noise').map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.concat(pieces);
        fc.pre(!/FHS|BHS|BTS|FTS/.test(bytes.toString('latin1')));
        expect(Buffer.concat(splitBatch(bytes)).equals(bytes)).toBe(true);
      }),
    );
  });
});
