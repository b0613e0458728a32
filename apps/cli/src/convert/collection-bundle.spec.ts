import type { NormalisedResource } from '#normalize';
import { collectionBundle } from './collection-bundle.js';

function normalised(
  type: string,
  id: string,
  content: Readonly<Record<string, string>>,
  more: Pick<NormalisedResource, 'mode' | 'cleared'> = {},
): NormalisedResource {
  return { type, id, key: id, resource: { resourceType: type, id, ...content }, upstream: '00', ...more };
}

const entriesOf = (resources: readonly NormalisedResource[]) => collectionBundle(resources)['entry'];
const entry = (type: string, id: string, content: Readonly<Record<string, string>> = {}) => ({
  fullUrl: `https://proviso.localhost/fhir/R4/${type}/${id}`,
  resource: { resourceType: type, id, ...content },
});

describe('a Bundle of messages', () => {
  it('begins with the headers and resolves Type/id by its absolute URLs', () => {
    expect(entriesOf([normalised('Patient', 'p', {}), normalised('MessageHeader', 'm', {})])).toEqual([
      entry('MessageHeader', 'm'),
      entry('Patient', 'p'),
    ]);
  });

  it('never has two forms of one element', () => {
    const resources = [
      normalised('Patient', 'p', { deceasedDateTime: '2026-01-02' }, { mode: 'merge' }),
      normalised('Patient', 'p', { deceasedBoolean: 'true' }, { mode: 'merge' }),
    ];
    expect(entriesOf(resources)).toEqual([entry('Patient', 'p', { deceasedBoolean: 'true' })]);
  });

  it('holds a resource once: a later one replaces it, or its elements', () => {
    const resources = [
      normalised('Observation', 'o', { status: 'preliminary', note: 'first' }),
      normalised('Patient', 'p', { gender: 'male', birthDate: '1980', language: 'en' }, { mode: 'merge' }),
      normalised('Observation', 'o', { status: 'final' }),
      normalised('Patient', 'p', { gender: 'female' }, { mode: 'merge', cleared: ['language'] }),
    ];
    expect(entriesOf(resources)).toEqual([
      entry('Observation', 'o', { status: 'final' }),
      entry('Patient', 'p', { gender: 'female', birthDate: '1980' }),
    ]);
  });
});
