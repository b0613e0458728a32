import { historyBundle, searchBundle } from './bundle.js';
import { recognise } from './recognise.js';
import type { PagedInteraction } from './links.js';

const base = 'https://gw.example/fhir/R4';
const options = { defaultCount: 20, maxCount: 100, lenient: false };

function paged(path: string, query: string): PagedInteraction {
  const found = recognise({ method: 'GET', path, query }, options);
  if (found.kind !== 'search-type' && found.kind !== 'history-instance') throw new Error(found.kind);
  return found;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('searchBundle', () => {
  const stored = '{"resourceType":"Observation", "id":"1","valueQuantity":{"value":1.10}}';
  const parts = {
    base,
    interaction: paged('/Observation', 'code=a"b'),
    total: undefined,
    next: undefined,
    entries: [{ type: 'Observation', id: '1', bytes: Buffer.from(stored), mode: 'match' as const }],
  };

  it('carries each resource byte for byte', () => {
    const bundle = text(searchBundle(parts));
    expect(bundle).toContain(`"resource":${stored},"search"`);
    expect(JSON.parse(bundle)).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      link: [{ relation: 'self', url: `${base}/Observation?code=a%22b` }],
      entry: [{ fullUrl: `${base}/Observation/1`, resource: JSON.parse(stored), search: { mode: 'match' } }],
    });
  });

  it('has a total and a next link only where given, and no empty list', () => {
    const bundle = JSON.parse(text(searchBundle({ ...parts, entries: [], total: 0, next: 'c' })));
    expect(bundle.total).toBe(0);
    expect(bundle).not.toHaveProperty('entry');
    expect(bundle.link[1]).toEqual({ relation: 'next', url: `${base}/Observation?code=a%22b&_cursor=c` });
  });

  it('puts an outcome last', () => {
    const outcome = Buffer.from('{"resourceType":"OperationOutcome"}');
    const { entry } = JSON.parse(text(searchBundle({ ...parts, outcome })));
    expect(entry[1]).toEqual({
      resource: { resourceType: 'OperationOutcome' },
      search: { mode: 'outcome' },
    });
  });
});

describe('historyBundle', () => {
  it('tells versions and deletions', () => {
    const common = { type: 'Patient', id: '1', lastUpdatedMs: 0 };
    const bundle = JSON.parse(
      text(
        historyBundle({
          base,
          interaction: paged('/Patient/1/_history', '_count=2'),
          total: undefined,
          next: 'c',
          entries: [
            { ...common, versionId: 'v2', bytes: undefined },
            { ...common, versionId: 'v1', bytes: Buffer.from('{"resourceType":"Patient","id":"1"}') },
          ],
        }),
      ),
    );
    expect(bundle.type).toBe('history');
    expect(bundle.link[1].url).toBe(`${base}/Patient/1/_history?_count=2&_cursor=c`);
    expect(bundle.entry[0]).toEqual({
      fullUrl: `${base}/Patient/1`,
      request: { method: 'DELETE', url: 'Patient/1' },
      response: { status: '204', etag: 'W/"v2"', lastModified: '1970-01-01T00:00:00.000Z' },
    });
    expect(bundle.entry[1].resource).toEqual({ resourceType: 'Patient', id: '1' });
  });
});
