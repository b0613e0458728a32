import fc from 'fast-check';
import { delimitersOf, USUAL_DELIMITERS } from './delimiters.js';
import { escape } from './escape.js';
import type { Delimiters } from './message.js';
import { unescape } from './unescape.js';

const TRUNCATING = delimitersOf('MSH|^~\\&#') ?? USUAL_DELIMITERS;

function read(text: string, charset = 'utf-8', delimiters: Delimiters = TRUNCATING): string {
  return unescape(text, { delimiters, charset });
}

describe('unescape', () => {
  it.each([
    ['\\F\\', '|'],
    ['\\S\\', '^'],
    ['\\T\\', '&'],
    ['\\R\\', '~'],
    ['\\E\\', '\\'],
    ['\\P\\', '#'],
    ['a\\T\\b\\T\\c', 'a&b&c'],
    ['\\T\\\\T\\', '&&'],
    ['\\E\\T\\E\\', '\\T\\'],
    ['\\H\\bold\\N\\ plain', 'bold plain'],
    ['one\\.br\\two', 'one\ntwo'],
    ['one\\.BR\\two', 'one\ntwo'],
    ['one\\.ce\\two', 'one\ntwo'],
    ['one\\.sp\\two', 'one\ntwo'],
    ['one\\.sp 2\\two', 'one\n\ntwo'],
    ['one\\.sp+3\\two', 'one\n\n\ntwo'],
    ['one\\.sk4\\two', 'one    two'],
    ['\\.in+4\\\\.ti-4\\ 1. text\\.fi\\\\.nf\\', ' 1. text'],
    ['\\X41\\', 'A'],
    ['\\X0D0A\\', '\r\n'],
    ['\\XC3A9\\', 'é'],
    ['\\xc3a9\\', '\\xc3a9\\'],
    ['\\Xc3a9\\', 'é'],
  ])('reads %j as %j', (text, value) => {
    expect(read(text)).toBe(value);
  });

  it.each([
    '\\',
    'C:\\Temp',
    'C:\\Temp\\new',
    '\\\\server\\share',
    '\\Zlocal\\',
    '\\f\\',
    '\\X\\',
    '\\X4\\',
    '\\XZZ\\',
    '\\XE9\\',
    '\\X00\\',
    '\\X1B\\',
    '\\.xx\\',
    '\\.sp999\\',
    '\\.br\n\\',
    '\\C9999\\',
    '\\M244299\\',
    '\\C28\\',
  ])('keeps %j as it is written', (text) => {
    expect(read(text)).toBe(text);
  });

  it('lets what is no escape end where one begins', () => {
    expect(read('C:\\Temp\\T\\x')).toBe('C:\\Temp&x');
  });

  it('reads bytes in the character set of the message', () => {
    expect(read('\\XE9\\', 'windows-1252')).toBe('é');
    expect(read('\\XD0D1\\', 'iso-8859-5')).toBe('аб');
    expect(read('\\XC4E3BAC3\\', 'gb18030')).toBe('你好');
  });

  it('has no truncation character where none is declared', () => {
    expect(read('\\P\\', 'utf-8', USUAL_DELIMITERS)).toBe('\\P\\');
  });

  it('reads nothing as an escape where no escape character is declared', () => {
    const without = delimitersOf('MSH|^~&') ?? USUAL_DELIMITERS;
    expect(read('\\T\\', 'utf-8', without)).toBe('\\T\\');
  });

  it('uses the escape character that is declared', () => {
    const other = delimitersOf('MSH:*%!$') ?? USUAL_DELIMITERS;
    expect(read('a!F!b!S!c!R!d!T!e!E!f\\T\\', 'utf-8', other)).toBe('a:b*c%d$e!f\\T\\');
  });

  describe('with shifts of the character set', () => {
    it('reads kanji, until ASCII is asked for again', () => {
      expect(read('YAMADA \\M2442\\;3ED\\C2842\\ TARO', 'us-ascii')).toBe('YAMADA 山田 TARO');
      expect(read('\\M2442\\;3ED', 'iso-2022-jp')).toBe('山田');
    });

    it('reads the upper half of another part of ISO 8859', () => {
      expect(read('\\C2D4C\\ÐÑ\\C2842\\é', 'windows-1252')).toBe('абé');
    });

    it('leaves alone what is Unicode', () => {
      expect(read('\\C2D4C\\ÐÑ', 'utf-8')).toBe('ÐÑ');
    });

    it('leaves alone what is not of the set that is named', () => {
      expect(read('\\M2442\\é', 'windows-1252')).toBe('é');
      expect(read('\\M2442\\!', 'us-ascii')).toBe('!');
    });
  });

  it('gives back what was escaped', () => {
    const usual = fc.constantFrom(...('|^~\\&#XTE.br0\n\r\té漢😀'.match(/./gsu) ?? []));
    const text = fc.oneof(fc.string({ unit: usual }), fc.string({ unit: 'grapheme' }));
    const delimiters = fc.constantFrom(USUAL_DELIMITERS, TRUNCATING, delimitersOf('MSH:*%!$') ?? TRUNCATING);
    fc.assert(
      fc.property(text, delimiters, (value, declared) => {
        const written = escape(value, declared);
        const { field, component, repetition, subcomponent } = declared;
        expect(read(written, 'utf-8', declared)).toBe(value);
        expect(
          [field, component, repetition, subcomponent, '\r', '\n'].some((cut) => written.includes(cut)),
        ).toBe(false);
      }),
    );
  });

  it('never makes a text longer than a hundred times', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('\\', '.', 's', 'p', 'k', '9', 'X', '4', 'M') }),
        (text) => {
          expect(read(text).length).toBeLessThanOrEqual(text.length * 100);
        },
      ),
    );
  });
});

describe('escape', () => {
  it('puts spaces where nothing can be escaped', () => {
    const without = delimitersOf('MSH|^~&') ?? USUAL_DELIMITERS;
    expect(escape('a|b^c~d&e\rf\\g', without)).toBe('a b c d e f\\g');
  });
});
