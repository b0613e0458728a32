import { SEARCH_NAMES, trailQuery, writeCursor, type TrailQueryOptions } from './trail-query.js';

const options: TrailQueryOptions = {
  pages: { defaultCount: 20, maxCount: 200 },
  lenient: false,
  allowed: SEARCH_NAMES,
};
const read = (text: string) => trailQuery(text, options);

describe('trailQuery', () => {
  it('reads what is asked for, and tells what it understood', () => {
    const text =
      'patient=Patient/p1&agent:identifier=urn:proviso:user|u1&entity=Observation/o1&action=R,C&outcome=4';
    expect(read(text)).toMatchObject({
      patients: ['p1'],
      actor: 'user:u1',
      resource: 'Observation/o1',
      actions: ['R', 'C'],
      outcomes: ['4'],
      count: 20,
      before: undefined,
    });
    expect(read('patient=p1&_count=5&_format=json').used).toEqual([
      ['patient', 'p1'],
      ['_count', '5'],
      ['_format', 'json'],
    ]);
    expect(read('agent=demo-app').actor).toBe('client:demo-app');
    expect(read('_count=100000').count).toBe(200);
  });

  it.each<[string, number | undefined, number | undefined]>([
    ['date=2026-02', Date.UTC(2026, 1), Date.UTC(2026, 2)],
    ['date=ge2026-02-01&date=lt2026-02-03', Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 3)],
    ['date=gt2026-02-01', Date.UTC(2026, 1, 2), undefined],
    ['date=le2026-02-01', undefined, Date.UTC(2026, 1, 2)],
    ['date=eb2026&date=sa2025', Date.UTC(2026, 0), Date.UTC(2026, 0)],
  ])('reads %s as a half-open period', (text, fromMs, toMs) => {
    expect(read(text)).toMatchObject({ fromMs, toMs });
  });

  it('goes on where a cursor says', () => {
    const place = { index: 2n ** 40n, position: 3 };
    expect(read(`_cursor=${writeCursor(place)}`).before).toEqual(place);
  });

  it.each([
    ['patient', 'patient=Group/1'],
    ['agent', 'agent=urn:other|x|y'],
    ['agent', 'agent=a&agent=b'],
    ['entity', 'patient=p&entity=nothing'],
    ['entity', 'entity=Observation/o1'],
    ['date', 'date=yesterday'],
    ['date', 'date=ne2026'],
    ['action', 'action=X'],
    ['outcome', 'outcome=5'],
    ['_count', '_count=-1'],
    ['_cursor', '_cursor=nonsense'],
    ['_sort', '_sort=date'],
  ])('refuses a fault in %s', (name, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'invalid-value', expression: [name] }));
  });

  it('refuses what it does not know, unless it may leave it out', () => {
    expect(() => read('site=x')).toThrow(expect.objectContaining({ code: 'unsupported-parameter' }));
    expect(trailQuery('site=x', { ...options, lenient: true }).used).toEqual([]);
  });
});
