import { splitPerson } from './split-person.js';

const patients = ['a', 'b', 'c'];

describe('separating a patient from a person', () => {
  it('lets it leave where no key was bound', () => {
    expect(splitPerson('a', { patients, bound: [] })).toEqual([['a']]);
  });

  it('lets it leave where the key is of another patient', () => {
    expect(splitPerson('a', { patients, bound: ['b'] })).toEqual([['a']]);
  });

  it('lets the others leave where the key is its own', () => {
    expect(splitPerson('a', { patients, bound: ['a', 'a'] })).toEqual([['b', 'c']]);
  });

  it('leaves the consents with nobody where both sides have keys', () => {
    expect(splitPerson('a', { patients, bound: ['a', 'c'] })).toEqual([['a'], ['b', 'c']]);
  });

  it('counts a key of a patient that is linked no more to the other side', () => {
    expect(splitPerson('a', { patients, bound: ['a', 'gone'] })).toEqual([['a'], ['b', 'c']]);
  });
});
