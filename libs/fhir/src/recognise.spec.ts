import fc from 'fast-check';
import { GatewayError } from '#outcome';
import type { Interaction } from './interaction.js';
import { nextLink, selfLink, type PagedInteraction } from './links.js';
import type { SearchOptions } from './parse-search.js';
import { queryPairs, writePairs } from './query-pairs.js';
import { patientsNamed, recognise } from './recognise.js';
import { searchParametersOf } from './search-parameters.js';
import type { SearchRequest } from './search-request.js';
import { splitEscaped } from './search-values.js';

const options: SearchOptions = { defaultCount: 20, maxCount: 100, lenient: false };

function get(path: string, query = '', more: Partial<SearchOptions> = {}): Interaction {
  return recognise({ method: 'GET', path, query }, { ...options, ...more });
}

function search(type: string, query: string, more: Partial<SearchOptions> = {}): SearchRequest {
  const found = get(`/${type}`, query, more);
  if (found.kind !== 'search-type') throw new Error(found.kind);
  return found.search;
}

function post(query: string, form: string): Interaction {
  return recognise({ method: 'POST', path: '/Observation/_search', query, form }, options);
}

function paged(query: string): PagedInteraction {
  const found = get('/Observation', query);
  if (found.kind !== 'search-type') throw new Error(found.kind);
  return found;
}

const criteria = (type: string, query: string) => search(type, query).criteria;
const firstValue = (query: string) => values('Observation', query)[0];
const values = (type: string, query: string) => criteria(type, query).flatMap((one) => one.values);

function refusal(run: () => unknown): { code: string; expression: readonly string[] } {
  try {
    run();
  } catch (error) {
    if (error instanceof GatewayError) return { code: error.code, expression: error.expression };
    throw error;
  }
  throw new Error('not refused');
}

/** Of several tries the least: what else the machine did meanwhile is in none of them for all of its time. */
const leastMs = (query: string) =>
  Math.min(
    ...Array.from({ length: 5 }, () => {
      const started = performance.now();
      for (let round = 0; round < 20; round += 1) tryGet('/Observation', query);
      return performance.now() - started;
    }),
  );

describe('recognise', () => {
  it.each<[string, Interaction]>([
    ['/metadata', { kind: 'capabilities' }],
    ['/Patient/a-1.b', { kind: 'read', ref: { type: 'Patient', id: 'a-1.b' } }],
    [
      '/Observation/1/_history/Ab12',
      { kind: 'vread', ref: { type: 'Observation', id: '1' }, versionId: 'Ab12' },
    ],
  ])('reads %s', (path, interaction) => {
    expect(get(path)).toEqual(interaction);
    expect(recognise({ method: 'HEAD', path, query: '' }, options)).toEqual(interaction);
  });

  it('reads an instance history with its page', () => {
    expect(get('/Patient/1/_history', '_count=5&_cursor=abc')).toMatchObject({
      kind: 'history-instance',
      ref: { type: 'Patient', id: '1' },
      search: { count: 5, cursor: 'abc', criteria: [], patients: [] },
    });
    expect(refusal(() => get('/Patient/1/_history', 'code=1')).code).toBe('unsupported-parameter');
  });

  it.each(['_count=0', '_count=000'])('refuses an instance history of no entries: %s', (query) => {
    expect(refusal(() => get('/Patient/1/_history', query))).toMatchObject({
      code: 'invalid-value',
      expression: ['_count'],
    });
  });

  it.each([
    '',
    '/',
    'Patient',
    '/patient',
    '/Patients',
    '/Patient/',
    '//Patient',
    '/Patient/a_b',
    '/Patient/%31',
    '/Patient/1/$everything',
    '/Patient/$match',
    '/Patient/1/_history/',
    '/Patient/1/_history/1/2',
    '/Patient/1/Observation',
    '/_history',
    '/Resource/1',
    '/DomainResource',
    '/__proto__/1',
    `/Patient/${'1'.repeat(65)}`,
    `/${'a/'.repeat(400)}`,
  ])('knows no route %s', (path) => {
    expect(refusal(() => get(path)).code).toBe('not-found');
  });

  it.each([
    ['PUT', '/Patient/1'],
    ['DELETE', '/Patient/1'],
    ['POST', '/Patient'],
    ['POST', '/metadata'],
    ['GET', '/Patient/_search'],
    ['get', '/Patient/1'],
  ])('refuses %s of %s by its method', (method, path) => {
    expect(refusal(() => recognise({ method, path, query: '' }, options)).code).toBe('method-not-allowed');
  });

  it('reads a form as it reads a query, and both together', () => {
    const query = 'patient=1&code=http%3A%2F%2Floinc.org%7C1-2&_count=7&date=ge2020-01-01T00:00:00%2B01:00';
    expect(post('', query)).toEqual(get('/Observation', query));
    expect(post('patient=1', query.replace('patient=1&', ''))).toEqual(get('/Observation', query));
  });

  it('allows only the format beside a read', () => {
    expect(get('/Patient/1', '_format=json').kind).toBe('read');
    expect(refusal(() => get('/Patient/1', '_summary=true'))).toEqual({
      code: 'unsupported-parameter',
      expression: ['_summary'],
    });
  });
});

describe('patientsNamed', () => {
  it.each([
    ['/Patient/7', '', ['7']],
    ['/Patient/7/_history/1', '', ['7']],
    ['/Observation/7', '', []],
    ['/metadata', '', []],
    ['/Patient', '_id=7,8', ['7', '8']],
    ['/Patient', 'identifier=7', []],
    ['/Observation', '_id=7', []],
    ['/Observation', 'patient=7', ['7']],
    ['/Observation', 'patient=Patient/7&subject=Patient/8', ['7', '8']],
    ['/Observation', 'subject=Patient/7,Group/1', ['7']],
    ['/Observation', 'subject:Patient=7', ['7']],
    ['/Observation', 'subject:Group=7', []],
    ['/Observation', 'subject=7', ['7']],
    ['/Observation', 'patient:missing=true', []],
    ['/Observation', 'performer=Patient/7', []],
    ['/Observation', 'patient=https://other.example/Patient/7', []],
    ['/Coverage', 'beneficiary=Patient/7', ['7']],
    ['/ResearchSubject', 'individual=Patient/7', ['7']],
    ['/Immunization', 'patient=7', ['7']],
  ])('finds in %s?%s %j', (path, query, patients) => {
    expect(patientsNamed(get(path, query))).toEqual(patients);
  });
});

describe('search values', () => {
  it.each([
    ['code=a', { system: undefined, code: 'a' }],
    ['code=|a', { system: null, code: 'a' }],
    ['code=s|', { system: 's', code: undefined }],
    ['code=s|a', { system: 's', code: 'a' }],
    ['code=s%5C%7Ct|a%5C,b', { system: 's|t', code: 'a,b' }],
  ])('reads the token %s', (query, token) => {
    expect(values('Observation', query)).toEqual([{ kind: 'token', ...token }]);
  });

  it.each([
    ['date=2020', 'eq', '2020-01-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'],
    ['date=ge2020-02', 'ge', '2020-02-01T00:00:00.000Z', '2020-03-01T00:00:00.000Z'],
    ['date=lt2020-02-29T10:00', 'lt', '2020-02-29T10:00:00.000Z', '2020-02-29T10:01:00.000Z'],
    ['date=2020-02-29T10:00:00+02:00', 'eq', '2020-02-29T08:00:00.000Z', '2020-02-29T08:00:01.000Z'],
    ['date=ap2020-02-10', 'ap', '2020-02-09T00:00:00.000Z', '2020-02-12T00:00:00.000Z'],
    ['date=9999', 'eq', '9999-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
    ['date=sa0001', 'sa', '0001-01-01T00:00:00.000Z', '0002-01-01T00:00:00.000Z'],
  ])('reads the date %s', (query, prefix, lo, hi) => {
    expect(values('Observation', query)).toEqual([{ kind: 'date', prefix, lo, hi }]);
  });

  it.each([
    ['probability=100', 'eq', 99.5, 100.5],
    ['probability=100.00', 'eq', 99.995, 100.005],
    ['probability=1e2', 'eq', 50, 150],
    ['probability=5.4', 'eq', 5.35, 5.45],
    ['probability=gt5.4', 'gt', 5.4, 5.4],
    ['probability=ap100', 'ap', 90, 110],
    ['probability=-2', 'eq', -2.5, -1.5],
    ['probability=%2B2', 'eq', 1.5, 2.5],
  ])('reads the number %s', (query, prefix, lo, hi) => {
    expect(values('RiskAssessment', query)).toEqual([{ kind: 'number', prefix, lo, hi }]);
  });

  it('reads quantities with and without a unit', () => {
    expect(firstValue('value-quantity=lt5|http://unitsofmeasure.org|mg')).toEqual({
      kind: 'quantity',
      prefix: 'lt',
      lo: 5,
      hi: 5,
      system: 'http://unitsofmeasure.org',
      code: 'mg',
    });
    expect(firstValue('value-quantity=5||mg')).toMatchObject({
      system: undefined,
      code: 'mg',
      lo: 4.5,
      hi: 5.5,
    });
    expect(firstValue('value-quantity=5')).toMatchObject({ system: undefined, code: undefined });
  });

  it('reads references by id, type and URL', () => {
    expect(firstValue('patient=1')).toEqual({ kind: 'reference', type: 'Patient', id: '1', url: undefined });
    expect(firstValue('subject=1')).toEqual({ kind: 'reference', type: undefined, id: '1', url: undefined });
    expect(firstValue('subject:Group=1')).toMatchObject({ type: 'Group', id: '1' });
    expect(firstValue('subject=Patient/1/_history/2')).toMatchObject({ type: 'Patient', id: '1' });
    const url = 'https://other.example/fhir/Patient/1';
    expect(firstValue(`subject=${url}`)).toEqual({ kind: 'reference', type: 'Patient', id: '', url });
    expect(firstValue('subject=urn:uuid:1')).toEqual({
      kind: 'reference',
      type: undefined,
      id: '',
      url: 'urn:uuid:1',
    });
  });

  it('keeps alternatives in one criterion and repetitions apart', () => {
    expect(criteria('Observation', 'code=a,b&code=c').map((one) => one.values.length)).toEqual([2, 1]);
  });

  it('reads modifiers', () => {
    expect(
      criteria('Patient', 'family:exact=A&given:contains=b&gender:not=male&birthdate:missing=false'),
    ).toEqual([
      { param: 'family', modifier: 'exact', values: [{ kind: 'string', text: 'A' }] },
      { param: 'given', modifier: 'contains', values: [{ kind: 'string', text: 'b' }] },
      { param: 'gender', modifier: 'not', values: [{ kind: 'token', system: undefined, code: 'male' }] },
      { param: 'birthdate', modifier: 'missing', missing: false, values: [] },
    ]);
  });
});

describe('what a search refuses', () => {
  it.each([
    'nonsense=1',
    'patient.name=x',
    'subject:Patient.name=x',
    '_has:Observation:patient:code=1',
    '_include=Observation:patient',
    '_revinclude=Provenance:target',
    '_elements=id',
    '_security=R',
    '_tag=x',
    '_profile=x',
    '_source=x',
    '_filter=x',
    '_query=x',
    '_list=x',
    '_text=x',
    '_content=x',
    '_contained=true',
    '_maxresults=1',
    'Patient=1',
    'PATIENT=1',
    'code:text=x',
    'code:in=x',
    'code:below=x',
    'code:exact=x',
    'date:not=2020',
    'subject:Encounter=1',
    'subject:identifier=x',
    'patient:not=1',
    '_id:not=1',
    '_lastUpdated:missing=true',
    'code:=x',
    'code:not:not=x',
    'code-value-quantity=x$1',
    '__proto__=1',
    'constructor=1',
  ])('%s as unsupported', (query) => {
    expect(refusal(() => search('Observation', query)).code).toBe('unsupported-parameter');
  });

  it.each([
    'code=',
    'code=a,',
    'code=|',
    'code=a|b|c',
    'date=soon',
    'date=2021-02-29',
    'date=2021-13',
    'date=0000',
    'date=2021-02-03T25:00:00Z',
    'date=zz2020',
    'value-quantity=five',
    'value-quantity=5|a|b|c',
    'value-quantity=1e999',
    'value-quantity=NaN',
    'patient=%23p',
    'subject:Patient=Group/1',
    'subject:Patient=https://a.example/Patient/1',
    '_id=a b',
    '_id=s|a',
    '_lastUpdated=x',
    '_count=-1',
    '_count=x',
    '_count=1&_count=2',
    '_total=estimate',
    '_summary=true',
    '_sort=code',
    '_sort=',
    '_sort=date,-date',
    '_sort=date,_id,_lastUpdated,value-date,date',
    '_cursor=a b',
    `_cursor=${'a'.repeat(2049)}`,
    'code:missing=yes'.replace('code', 'category'),
    `code=${'a'.repeat(401)}`,
    `code=${'a,'.repeat(101)}a`,
  ])('%s as an invalid value', (query) => {
    expect(refusal(() => search('Observation', query)).code).toBe('invalid-value');
  });

  it.each([
    ['code=%', 'malformed'],
    ['code=%ff', 'malformed'],
    ['code=%00', 'malformed'],
    ['code=a%0d%0a', 'malformed'],
    ['code=a&'.repeat(51), 'too-large'],
    [`code=${'a'.repeat(16_400)}`, 'too-large'],
  ])('%s as it must', (query, code) => {
    expect(refusal(() => search('Observation', query)).code).toBe(code);
  });

  it('and names the parameter, never a value nor what looks like one', () => {
    expect(refusal(() => search('Patient', 'family:exacto=Smith')).expression).toEqual(['family:exacto']);
    expect(refusal(() => search('Patient', 'birthdate=Smith')).expression).toEqual(['birthdate']);
    expect(refusal(() => search('Patient', 'Jane+Smith=1')).expression).toEqual([]);
  });
});

describe('a lenient search', () => {
  it('leaves unknown parameters out, of the self link too, but never a modifier', () => {
    const found = search('Observation', 'patient=1&nonsense=2&_include=x', { lenient: true });
    expect(found.used).toEqual([['patient', '1']]);
    expect(found.criteria).toHaveLength(1);
    expect(refusal(() => search('Observation', 'code:below=1', { lenient: true })).code).toBe(
      'unsupported-parameter',
    );
  });
});

describe('paging', () => {
  it('has defaults and caps', () => {
    expect(search('Observation', '')).toMatchObject({
      count: 20,
      total: 'none',
      summary: 'false',
      cursor: undefined,
      sort: [
        { param: '_lastUpdated', descending: true },
        { param: '_id', descending: false },
      ],
    });
    expect(search('Observation', '_count=5000').count).toBe(100);
    expect(search('Observation', '_count=0')).toMatchObject({ summary: 'count', total: 'accurate' });
    expect(search('Observation', '_summary=count')).toMatchObject({ summary: 'count', total: 'accurate' });
  });

  it('always ends the sort with the id', () => {
    expect(search('Observation', '_sort=-date').sort).toEqual([
      { param: 'date', descending: true },
      { param: '_id', descending: false },
    ]);
    expect(search('Observation', '_sort=-_id,date').sort).toEqual([{ param: '_id', descending: true }]);
  });
});

describe('links', () => {
  const base = 'https://gw.example/fhir/R4';

  it('repeat what the client sent, and the cursor', () => {
    const first = paged('code=s%7Ca&_count=2&patient=1');
    expect(selfLink(base, first)).toBe(`${base}/Observation?code=s|a&_count=2&patient=1`);
    expect(nextLink(base, first, 'c1')).toBe(`${base}/Observation?code=s|a&_count=2&patient=1&_cursor=c1`);
    const second = paged('code=s|a&_count=2&patient=1&_cursor=c1');
    expect(selfLink(base, second)).toBe(nextLink(base, first, 'c1'));
    expect(nextLink(base, second, 'c2')).toBe(`${base}/Observation?code=s|a&_count=2&patient=1&_cursor=c2`);
    expect(selfLink(base, paged(''))).toBe(`${base}/Observation`);
  });

  it('lead back to the same search, whatever was asked', () => {
    const type = fc.constantFrom('Observation', 'Patient', 'Condition', 'RiskAssessment', 'Questionnaire');
    const asked = type.chain((name) => {
      const codes = [...searchParametersOf(name).values()].filter(
        ({ kind }) => kind === 'token' || kind === 'string',
      );
      const code = fc.constantFrom(...codes.map((one) => one.code).filter((one) => one !== '_id'));
      const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
      const pair = fc.tuple(code, text.map(escapeAll));
      return fc.tuple(fc.constant(name), fc.array(pair, { maxLength: 6 }));
    });
    fc.assert(
      fc.property(asked, ([name, pairs]) => {
        const path = `/${name}`;
        const first = tryGet(path, writePairs(pairs));
        fc.pre(first !== undefined && first.kind === 'search-type');
        const link = new URL(selfLink(base, first));
        expect(get(link.pathname.replace('/fhir/R4', ''), link.search.slice(1))).toEqual(first);
      }),
    );
  });
});

const escapeAll = (text: string) => text.replaceAll(/[\\,|$]/g, String.raw`\$&`);

function tryGet(path: string, query: string): Interaction | undefined {
  try {
    return get(path, query);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error instanceof GatewayError ? 'GatewayError or nothing' : error;
  }
  return 'GatewayError or nothing';
}

describe('hostile input', () => {
  it('is answered with a GatewayError or an interaction, never anything else', () => {
    const word = fc.constantFrom(
      'Observation',
      'Patient',
      'code',
      'date',
      'patient',
      '=',
      '&',
      '|',
      ',',
      '\\',
      '%',
      '%2',
      ':',
    );
    const text = fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 20 });
    const path = fc.oneof(
      fc.constantFrom('/Observation', '/Patient', '/Patient/_search'),
      fc.string({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(path, text, text, fc.boolean(), (at, query, form, lenient) => {
        const method = at.endsWith('_search') ? 'POST' : 'GET';
        const request = { method, path: at, query: query.join(''), form: form.join('') };
        expect(thrownBy(() => recognise(request, { ...options, lenient }))).toBe('GatewayError or nothing');
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['digits', `date=${'1'.repeat(16_000)}`],
    ['escapes', `code=${'\\'.repeat(16_000)}`],
    ['separators', `code=${'|'.repeat(16_000)}`],
    ['commas', `code=${','.repeat(16_000)}`],
    ['ampersands', '&'.repeat(16_000)],
    ['slashes', `subject=${'/'.repeat(16_000)}`],
    ['a long number', `value-quantity=1${'0'.repeat(390)}.${'9'.repeat(8)}x`],
  ])('of many %s is read in linear time', (_, query) => {
    const quarter = query.slice(0, query.length / 4);
    // four times as long takes four times the time; sixteen times, where each sign looks at all others
    expect(leastMs(query)).toBeLessThan(8 * leastMs(quarter) + 50);
  });

  it('splits and joins without loss', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(splitEscaped(text, ',').join(',')).toBe(text);
      }),
    );
  });

  it('writes pairs that read back the same', () => {
    const clean = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !/\p{Cc}/u.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(clean, clean), { maxLength: 10 }), (pairs) => {
        const full = pairs.filter(([name]) => name !== '');
        expect(queryPairs(writePairs(full))).toEqual(full);
      }),
    );
  });
});
