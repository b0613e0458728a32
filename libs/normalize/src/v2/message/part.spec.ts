import { USUAL_DELIMITERS } from './delimiters.js';
import { ParsedSegment } from './parsed-segment.js';
import { grammarOf } from './part.js';

const GRAMMAR = grammarOf(USUAL_DELIMITERS, 'utf-8');

function segment(raw: string, ordinal = 1): ParsedSegment {
  return new ParsedSegment(raw, GRAMMAR, { ordinal, position: 0 });
}

function unread(of: ParsedSegment): readonly string[] {
  const list: string[] = [];
  of.listUnread(list, 1000);
  return list;
}

describe('a cell', () => {
  it.each([
    [[1], '7', 'PID-3[2].1'],
    [[4, 1], 'A', 'PID-3[2].4.1'],
    [[4, 2], '1.2', 'PID-3[2].4.2'],
    [[4], 'A', 'PID-3[2].4'],
    [[], '7', 'PID-3[2]'],
    [[5, 1, 1], 'MR', 'PID-3[2].5'],
    [[9], undefined, 'PID-3[2].9'],
    [[4, 9], undefined, 'PID-3[2].4.9'],
    [[1, 2], undefined, 'PID-3[2].1.2'],
  ])('is found by its parts %j', (parts, value, path) => {
    const repetition = segment('PID|1||6~7^^^A&1.2&ISO^MR').field(3)[1];
    const cell = parts.reduce((found, part) => found?.at(part), repetition);
    expect([cell?.value(), cell?.path]).toEqual([value, path]);
  });

  it('names the segment by its number where it is not the first', () => {
    expect(segment('OBX|1||8867-4', 3).first(3).path).toBe('OBX(3)-3');
    expect(segment('OBX|1', 3).first(5).path).toBe('OBX(3)-5');
  });

  it('is its own first part where it has none', () => {
    const cell = segment('PID|||7').first(3);
    expect([cell.at(1), cell.at(1).at(1), cell.parts]).toEqual([cell, cell, 1]);
    expect(cell.at(2).isEmpty).toBe(true);
  });

  it('cuts subcomponents where there is but one component', () => {
    const cell = segment('PID|||A&1.2').first(3);
    expect([cell.parts, cell.at(1).parts, cell.at(1).at(2).value()]).toEqual([1, 2, '1.2']);
  });

  it.each([0, -1, 1.5, Number.NaN])('has no part %d', (part) => {
    const cell = segment('PID|||a^b').first(3);
    expect(cell.at(part).value()).toBeUndefined();
  });

  it('counts its parts', () => {
    const cell = segment('PID|||a^b^^d').first(3);
    expect([cell.parts, cell.at(1).parts]).toEqual([4, 1]);
  });

  it.each([
    ['', true, false, true],
    ['   ', true, false, true],
    ['^^&', true, false, true],
    ['""', false, true, true],
    [' "" ', false, true, true],
    ['""^""', false, true, true],
    ['""^^', false, true, true],
    ['^""', false, false, true],
    ['""^x', false, false, true],
    ['"', false, false, false],
    ['"x"', false, false, false],
    ['x', false, false, false],
  ])('knows of %j whether it is empty, or means to delete', (raw, isEmpty, isNull, valueless) => {
    const cell = segment(`PID|||x~${raw}`).field(3)[1];
    expect([cell?.isEmpty, cell?.isNull]).toEqual([isEmpty, isNull]);
    expect(cell?.value() === undefined).toBe(valueless);
    expect(cell?.text() === undefined).toBe(isEmpty || isNull);
  });

  it('gives its first leaf, unescaped and trimmed', () => {
    expect(segment('PID||| Zoë\\T\\Ann &x^y').first(3).value()).toBe('Zoë&Ann');
  });

  it('gives all of its text, with what looks like delimiters', () => {
    expect(segment('OBX|||||  1^2 & 3\\.br\\\\F\\ ').first(5).text()).toBe('  1^2 & 3\n|');
  });

  it('tells how it was written', () => {
    expect(segment('PID||| a\\T\\b^c ').first(3).raw).toBe(' a\\T\\b^c ');
  });
});

describe('a field', () => {
  it.each(['', ' ', '~', '^^~&', ' ~ '])('has no repetitions where %j stands', (raw) => {
    expect(segment(`PID|||${raw}|x`).field(3)).toEqual([]);
    expect(segment(`PID|||${raw}|x`).first(3).isEmpty).toBe(true);
  });

  it('keeps the place of each repetition', () => {
    expect(
      segment('PID|||~b')
        .field(3)
        .map((cell) => cell.path),
    ).toEqual(['PID-3', 'PID-3[2]']);
  });

  it('is the same each time', () => {
    const of = segment('PID|||7');
    expect(of.first(3)).toBe(of.field(3)[0]);
  });

  it.each([0, -1, 99, 1.5])('number %d is not there', (number) => {
    expect(segment('PID|1||7').field(number)).toEqual([]);
  });
});

describe('what nobody read', () => {
  it('is every populated leaf at first', () => {
    expect(unread(segment('PID|x||7^^^A&1.2~8|""|^""| |Zoë'))).toEqual([
      'PID-1',
      'PID-3.1',
      'PID-3.4.1',
      'PID-3.4.2',
      'PID-3[2]',
      'PID-7',
    ]);
  });

  it('never has the number of a segment in its set', () => {
    expect(unread(segment('OBX|12|NM'))).toEqual(['OBX-2']);
    expect(unread(segment('EVN|A01|2026'))).toEqual(['EVN-1', 'EVN-2']);
  });

  it('lacks the one leaf whose value was taken', () => {
    const of = segment('PID|||7^8&9');
    of.first(3).value();
    expect(unread(of)).toEqual(['PID-3.2.1', 'PID-3.2.2']);
    of.first(3).at(2).value();
    expect(unread(of)).toEqual(['PID-3.2.2']);
  });

  it.each(['text', 'skip'] as const)('lacks all leaves of a cell after its %s', (way) => {
    const of = segment('PID|||7^8&9~10|x');
    of.first(3)[way]();
    expect(unread(of)).toEqual(['PID-3[2]', 'PID-4']);
  });

  it('is not changed by looking', () => {
    const of = segment('PID|||7^8');
    const cell = of.first(3);
    expect([cell.isEmpty, cell.isNull, cell.parts, cell.at(2).raw, cell.path]).toEqual([
      false,
      false,
      2,
      '8',
      'PID-3',
    ]);
    expect(unread(of)).toEqual(['PID-3.1', 'PID-3.2']);
  });

  it('holds what a sender of another version put beside', () => {
    const of = segment('PID|||7&x');
    of.first(3).value();
    expect(unread(of)).toEqual(['PID-3.1.2']);
  });
});
