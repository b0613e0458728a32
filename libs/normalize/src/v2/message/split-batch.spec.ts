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

const isText = (line: string) => !/^[\s\p{Cc}\u00ef\u00bb\u00bf]*(FHS|BHS|BTS|FTS|$)/u.test(line);
const linesOf = (part: Uint8Array) =>
  Buffer.from(part)
    .toString('latin1')
    .split(/[\r\n]/)
    .filter(isText);

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

  it.each([
    ['a word of a text behind a line feed', `${ONE}OBX|1|TX|||Hx\nBTS in 2010\rOBX|2|TX|||more\r`],
    ['such a word alone', `${ONE}OBX|1|TX|||Hx\nBTS\nBTS|1\rOBX|2|TX|||more\r`],
    ['the name of a hormone', `${ONE}NTE|1||MSH 45 mIU\nMSH 45 mIU\nMSH: 45\rOBX|2\r`],
    [
      'such words where all lines end in line feeds',
      `${ONE}Hx\rBTS in 2010\rMSH 45 mIU\rMSH: 45\r`.replaceAll('\r', '\n'),
    ],
    ['the end of a name', `${ONE}BTSX|1\rMSHA|^~\\&|\r`],
  ])('cuts at no %s', (_what, text) => {
    expect(split(text)).toEqual([text]);
    expect(split(text + TWO)).toEqual([text, TWO]);
  });

  it('knows a header behind a line feed alone by its delimiters', () => {
    expect(split(`${ONE.trimEnd()}\n${TWO}`)).toEqual([`${ONE.trimEnd()}\n`, TWO]);
  });

  it.each([
    ['what precedes an envelope', `noise\rBHS|^~\\&\r${ONE}BTS|1\r`, [`noise\rBHS|^~\\&\r${ONE}`]],
    ['what follows a header', `BHS|^~\\&\rOBX|1\r${ONE}BTS|1\r`, [`BHS|^~\\&\rOBX|1\r${ONE}`]],
    ['what follows a trailer', `BHS|^~\\&\r${ONE}BTS|1\rOBX|2\r`, [`${ONE}BTS|1\rOBX|2\r`]],
    [
      'what follows a trailer between messages',
      `${ONE}BTS|1\rFTS|1\rOBX|2\rBHS|^~\\&\r${TWO}`,
      [`${ONE}BTS|1\rFTS|1\rOBX|2\r`, TWO],
    ],
    ['what follows a header at the end', `${ONE}BHS|^~\\&\rPID|1\r`, [`${ONE}BHS|^~\\&\rPID|1\r`]],
  ])('leaves with a message %s', (_what, text, pieces) => {
    expect(split(text)).toEqual(pieces);
  });

  it('takes off what is of the header of an envelope', () => {
    expect(split(`BHS|^~\\&\rSFT|a\rUAC|b\r${ONE}BTS|1\x1c\r\n`)).toEqual([ONE]);
    expect(split(`BHS#^~\\&\r${ONE}BTS#1\rBTS \r`)).toEqual([ONE]);
  });

  it.each([' ', '\t', 'x', '\n'])('has room for millions of %j', (unit) => {
    const text = ONE + unit.repeat(16_000_000);
    expect(splitBatch(Buffer.from(text))).toHaveLength(1);
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
    const envelope = ['FHS|^~\\&|\r', 'BHS|^~\\&|LAB\r', 'BTS|1\r', 'FTS\r'];
    const piece = fc.oneof(
      fc
        .constantFrom(ONE, TWO, '\r', '\n', 'MSH', 'BTS', 'noise', ...envelope)
        .map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.concat(pieces);
        expect(splitBatch(bytes).flatMap((part) => linesOf(part))).toEqual(linesOf(bytes));
      }),
    );
  });
});
