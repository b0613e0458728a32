import fc from 'fast-check';
import { charsetNamed } from './charset.js';
import { decode } from './decode.js';
import { bytesOf } from './encode.js';

/** A message that says in MSH-18 what it is in. */
function message(charset: string, ...data: readonly (string | readonly number[])[]): Uint8Array {
  const header = `MSH|^~\\&|LAB|LAKE|EHR|TOWN|20260112||ADT^A01|M7|P|2.5||||||${charset}\rPID|1||`;
  return Buffer.concat(
    [header, ...data].map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))),
  );
}

function read(
  bytes: Uint8Array,
  fallback?: string,
): readonly [string | undefined, string | undefined, boolean] {
  const decoded = decode(bytes, fallback);
  return [decoded?.text.split('|').at(-1), decoded?.charset, decoded?.disputed ?? false];
}

describe('charsetNamed', () => {
  it.each([
    ['ASCII', 'us-ascii'],
    ['8859/1', 'windows-1252'],
    ['8859/2', 'iso-8859-2'],
    ['8859/9', 'windows-1254'],
    ['8859/11', 'windows-874'],
    ['8859/15', 'iso-8859-15'],
    ['ISO-8859-15', 'iso-8859-15'],
    ['ISO8859-1', 'windows-1252'],
    ['ISO 8859/7', 'iso-8859-7'],
    ['8859-1', 'windows-1252'],
    ['UNICODE UTF-8', 'utf-8'],
    ['unicode utf-8', 'utf-8'],
    ['UTF8', 'utf-8'],
    ['UNICODE', 'utf-8'],
    ['UNICODE UTF-16', 'utf-16be'],
    ['ISO IR87', 'iso-2022-jp'],
    ['GB 18030-2000', 'gb18030'],
    ['KS X 1001', 'euc-kr'],
    ['BIG-5', 'big5'],
  ])('knows %s', (name, label) => {
    expect(charsetNamed(name)).toEqual({ kind: 'known', label });
    expect(new TextDecoder(label).encoding).toBe(label === 'us-ascii' ? 'windows-1252' : label);
  });

  it.each(['UNICODE UTF-32', 'CNS 11643-1992', 'ISO IR159'])('knows that it cannot read %s', (name) => {
    expect(charsetNamed(name)).toEqual({ kind: 'unreadable' });
  });

  it.each(['', '8859/12', '8859/17', '8859/', 'EBCDIC', '1'])('does not know %j', (name) => {
    expect(charsetNamed(name)).toBeUndefined();
  });
});

describe('decode', () => {
  it.each([
    ['8859/1', [0x4d, 0xfc], 'Mü', 'windows-1252'],
    ['8859/2', [0xb3], 'ł', 'iso-8859-2'],
    ['8859/5', [0xd0], 'а', 'iso-8859-5'],
    ['8859/15', [0xa4], '€', 'iso-8859-15'],
    ['UNICODE UTF-8', [0xc3, 0xbc], 'ü', 'utf-8'],
    ['UNICODE', [0xc3, 0xbc], 'ü', 'utf-8'],
    ['ASCII~8859/2', [0xb3], 'ł', 'iso-8859-2'],
    ['GB 18030-2000', [0xc4, 0xe3], '你', 'gb18030'],
    ['KS X 1001', [0xb1, 0xe8], '김', 'euc-kr'],
    ['BIG-5', [0xa4, 0xa4], '中', 'big5'],
    ['~ISO IR87', [0x1b, 0x24, 0x42, 0x3b, 0x33, 0x1b, 0x28, 0x42], '山', 'iso-2022-jp'],
    ['', [0xc3, 0xbc], 'ü', 'utf-8'],
  ])('reads what is declared as %j', (charset, bytes, text, label) => {
    expect(read(message(charset, bytes))).toEqual([text, label, false]);
  });

  it.each(['8859/1', 'ASCII', '8859/1~8859/2', 'GB 18030-2000'])(
    'prefers UTF-8 to %s, and tells',
    (charset) => {
      expect(read(message(charset, 'Zoë'))).toEqual(['Zoë', 'utf-8', true]);
    },
  );

  it('has no dispute where UTF-8 is one of the alternatives', () => {
    expect(read(message('8859/1~UNICODE UTF-8', 'Zoë'))).toEqual(['Zoë', 'utf-8', false]);
  });

  it.each([
    ['', undefined, 'utf-8', false],
    ['', 'iso-8859-2', 'iso-8859-2', false],
    ['ASCII', 'iso-8859-2', 'utf-8', false],
    ['8859/5', undefined, 'iso-8859-5', false],
    ['EBCDIC', undefined, 'utf-8', true],
    ['CNS 11643-1992', undefined, 'utf-8', true],
  ])('knows what escapes in ASCII declared as %j are meant in', (charset, fallback, label, disputed) => {
    expect(read(message(charset, 'Ann'), fallback)).toEqual(['Ann', label, disputed]);
  });

  it('takes the profile of the sender where nothing is declared', () => {
    expect(read(message('', [0xb3]), 'iso-8859-2')).toEqual(['ł', 'iso-8859-2', false]);
    expect(read(message('8859/15', [0xa4]), 'iso-8859-2')).toEqual(['€', 'iso-8859-15', false]);
    expect(read(message('EBCDIC', [0xb3]), 'iso-8859-2')).toEqual(['ł', 'iso-8859-2', true]);
  });

  it.each([
    ['', undefined],
    ['', 'no-such-label'],
    ['ASCII', undefined],
    ['EBCDIC', undefined],
    ['UNICODE UTF-8', undefined],
    ['UNICODE UTF-16', undefined],
  ])('reads single bytes beyond %j as Windows-1252, and tells', (charset, fallback) => {
    expect(read(message(charset, [0x4d, 0xfc, 0x6c]), fallback)).toEqual(['Mül', 'windows-1252', true]);
  });

  it('marks what is broken in a text that is UTF-8 elsewhere', () => {
    const decoded = decode(message('UNICODE UTF-8', 'Zoë ', [0xfc], ' Ann'), undefined);
    expect(decoded).toMatchObject({ charset: 'utf-8', disputed: true, damaged: true });
    expect(decoded?.text.endsWith('Zoë \ufffd Ann')).toBe(true);
  });

  it('does not take a mark that the sender wrote for damage of its own', () => {
    expect(decode(message('UNICODE UTF-8', '\ufffd'), undefined)).toMatchObject({ damaged: false });
  });

  it('has nothing for a character set of several bytes that nobody can read', () => {
    expect(decode(message('CNS 11643-1992', [0xc4, 0xe3, 0xa1]), undefined)).toBeUndefined();
  });

  it.each(['utf-16le', 'utf-16be'] as const)('knows %s by its bytes', (charset) => {
    const text = 'MSH|^~\\&|Zoë|漢';
    const bytes = bytesOf(text, charset) ?? new Uint8Array();
    const mark = bytesOf('\ufeff', charset) ?? new Uint8Array();
    const expected = { text, charset, disputed: false, damaged: false };
    expect(decode(bytes, undefined)).toEqual(expected);
    expect(decode(Buffer.concat([mark, bytes]), undefined)).toEqual(expected);
  });

  it('strips the mark of UTF-8', () => {
    expect(decode(Buffer.from('\ufeffMSH|'), undefined)?.text).toBe('MSH|');
  });

  it('never loses a byte in silence', () => {
    const charset = fc.constantFrom(
      '',
      'ASCII',
      '8859/1',
      '8859/7',
      'UNICODE UTF-8',
      'ISO IR87',
      'EBCDIC',
      'BIG-5',
    );
    fc.assert(
      fc.property(charset, fc.uint8Array({ min: 0x20, maxLength: 40 }), (name, data) => {
        const bytes = message(name, [...data]);
        const decoded = decode(bytes, undefined);
        const again = decoded === undefined ? undefined : bytesOf(decoded.text, decoded.charset);
        const lossless = again !== undefined && Buffer.from(again).equals(bytes);
        expect(lossless || decoded?.disputed === true || name === 'BIG-5' || name === 'ISO IR87').toBe(true);
      }),
    );
  });
});

describe('bytesOf', () => {
  it.each([
    ['Zoë', 'utf-8', [0x5a, 0x6f, 0xc3, 0xab]],
    ['Zoë', 'windows-1252', [0x5a, 0x6f, 0xeb]],
    ['ł', 'iso-8859-2', [0xb3]],
    ['你', 'gb18030', [0xc4, 0xe3]],
    ['김', 'euc-kr', [0xb1, 0xe8]],
    ['é', 'utf-16be', [0x00, 0xe9]],
    ['A', 'iso-2022-jp', [0x41]],
  ])('writes %s in %s', (text, charset, bytes) => {
    expect(Array.from(bytesOf(text, charset) ?? [])).toEqual(bytes);
  });

  it.each([
    ['é', 'us-ascii'],
    ['Ω', 'windows-1252'],
    ['山', 'iso-2022-jp'],
  ])('cannot write %s in %s', (text, charset) => {
    expect(bytesOf(text, charset)).toBeUndefined();
  });
});
