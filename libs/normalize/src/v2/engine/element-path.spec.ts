import type { JsonObject, JsonValue } from '#digest';
import { appends, stepsOf, topOf } from './element-path.js';
import { GrowingElement } from './growing-element.js';

const URL = 'http://example.org/extension';

function placed(before: JsonObject, path: string, value: JsonValue): JsonObject {
  const element = new GrowingElement(before);
  element.place(path, value);
  return element.value;
}

function isTaken(element: JsonObject, path: string): boolean {
  return new GrowingElement(element).isTaken(path);
}

describe('a value that is placed', () => {
  it('puts a value at a nested element', () => {
    expect(placed({}, 'hospitalization.admitSource', { text: 'ward' })).toEqual({
      hospitalization: { admitSource: { text: 'ward' } },
    });
  });

  it('keeps what stands beside a nested element, once', () => {
    const before = { period: { start: '2026', extension: [{ url: 'a' }] } };
    expect(placed(before, 'period.end', '2027')).toEqual({
      period: { start: '2026', end: '2027', extension: [{ url: 'a' }] },
    });
  });

  it('appends to a list and goes into its last item', () => {
    const one = placed({}, 'diagnosis[].condition', { reference: 'Condition/1' });
    const two = placed(one, 'diagnosis[].condition', { reference: 'Condition/2' });
    expect(placed(two, 'diagnosis[last].rank', 2)).toEqual({
      diagnosis: [
        { condition: { reference: 'Condition/1' } },
        { condition: { reference: 'Condition/2' }, rank: 2 },
      ],
    });
  });

  it('begins a list where there is no last item', () => {
    expect(placed({}, 'reaction[last].manifestation[]', { text: 'rash' })).toEqual({
      reaction: [{ manifestation: [{ text: 'rash' }] }],
    });
  });

  it('leaves the first of two single values', () => {
    expect(placed({ gender: 'male' }, 'gender', 'female')).toEqual({ gender: 'male' });
  });

  it('finds an extension by its URL, or makes it', () => {
    const path = `extension(${URL}).extension(code).valueString`;
    const other = { extension: [{ url: 'other', valueString: 'x' }] };
    const once = placed(other, path, 'a');
    expect(once).toEqual({
      extension: [
        { url: 'other', valueString: 'x' },
        { url: URL, extension: [{ url: 'code', valueString: 'a' }] },
      ],
    });
    expect(placed(once, path, 'b')).toEqual(once);
  });

  it('makes a new extension each time where the path says so', () => {
    const path = `extension[](${URL}).valueString`;
    expect(placed(placed({}, path, 'a'), path, 'b')).toEqual({
      extension: [
        { url: URL, valueString: 'a' },
        { url: URL, valueString: 'b' },
      ],
    });
  });

  it('joins the members of a value where the path is empty', () => {
    expect(placed({ status: 'final' }, '', { valueString: 'x' })).toEqual({
      status: 'final',
      valueString: 'x',
    });
  });

  it('takes an equal object once, and an equal text twice', () => {
    const once = placed({}, 'identifier[]', { value: '1', system: 'urn:a' });
    expect(placed(once, 'identifier[]', { system: 'urn:a', value: '1' })).toEqual(once);
    expect(placed(placed({}, 'given[]', 'Ann'), 'given[]', 'Ann')).toEqual({ given: ['Ann', 'Ann'] });
  });

  it('takes equal notes and components each, since their order tells what they are about', () => {
    const note = placed({}, 'note[]', { text: 'Negative' });
    expect(placed(note, 'note[]', { text: 'Negative' }).note).toHaveLength(2);
    const component = placed({}, 'component[]', { valueInteger: 5 });
    expect(placed(component, 'component[]', { valueInteger: 5 }).component).toHaveLength(2);
  });
});

describe('an element that grows', () => {
  it('changes nothing that was given to it', () => {
    const given = { participant: [{ type: [{ text: 'a' }] }], period: { start: '2026' } };
    const text = JSON.stringify(given);
    const element = new GrowingElement(given);
    element.place('participant[last].type[]', { text: 'b' });
    element.place('participant[]', given.participant[0] ?? {});
    element.place('period.end', '2027');
    element.join({ participant: [{ id: 'c' }] });
    expect(JSON.stringify(given)).toBe(text);
    expect(element.value).toEqual({
      participant: [{ type: [{ text: 'a' }, { text: 'b' }] }, { type: [{ text: 'a' }] }, { id: 'c' }],
      period: { start: '2026', end: '2027' },
    });
  });

  it('knows an item again that became equal to another', () => {
    const element = new GrowingElement();
    element.place('diagnosis[].id', 'a');
    element.place('diagnosis[last].rank', 1);
    element.place('diagnosis[]', { rank: 1, id: 'a' });
    element.place('diagnosis[]', { id: 'a' });
    element.place('diagnosis[]', { rank: 1, id: 'a' });
    expect(element.value.diagnosis).toEqual([{ id: 'a', rank: 1 }, { id: 'a' }]);
  });

  it('joins lists so that what both have is there once, and what one has twice stays', () => {
    const element = new GrowingElement({ category: ['food'], note: [{ text: 'ER:' }, { text: 'Negative' }] });
    element.join({
      category: ['food', 'medication'],
      note: [{ text: 'Negative' }, { text: 'x' }, { text: 'x' }],
    });
    expect(element.value).toEqual({
      category: ['food', 'medication'],
      note: [{ text: 'ER:' }, { text: 'Negative' }, { text: 'x' }, { text: 'x' }],
    });
  });
});

describe('element paths', () => {
  it('know whether they append and where they lead', () => {
    expect(appends('name[]')).toBe(true);
    expect(appends('name[last].given')).toBe(false);
    expect(topOf('_birthDate.extension(x).valueDateTime')).toBe('birthDate');
    expect(topOf('')).toBeUndefined();
  });

  it('say when a single value would be lost', () => {
    expect(isTaken({ gender: 'male' }, 'gender')).toBe(true);
    expect(isTaken({ code: { text: 'a' } }, 'code.text')).toBe(true);
    expect(isTaken({ code: { text: 'a' } }, 'code')).toBe(false);
    expect(isTaken({ name: [{}] }, 'name[]')).toBe(false);
  });

  it('throw where they are malformed', () => {
    expect(() => stepsOf('a..b')).toThrow(TypeError);
    expect(() => stepsOf('a[0]')).toThrow(TypeError);
  });
});
