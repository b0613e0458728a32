import fc from 'fast-check';
import { parseStrict } from '#digest';
import { isObject, searchParametersOf } from '#fhir';
import type { Incoming, Rendered } from '#http';
import { serve } from '../../apps/gateway/src/serve.js';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';
import { type Caller, EXPIRED, tokenOf } from './callers.js';
import { System } from './system.js';
import { VILLAGE } from './village.js';

const APP: Caller = { client: 'app', scope: 'system/*.rs' };
const SEED = 20260602;
const RUNS = 1500;
/** Milliseconds within which anything is answered, on a busy machine. */
const SOON_MS = 60_000;
const FORM = 'application/x-www-form-urlencoded';

const ORDINARY: Incoming = {
  method: 'GET',
  path: '/Observation',
  query: '',
  body: new Uint8Array(),
  contentType: undefined,
  authorization: tokenOf(APP),
  accept: undefined,
  prefer: undefined,
  ifNoneMatch: undefined,
  requestId: 'request',
  receivedMs: 0,
};

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '',
    '%',
    '%zz',
    '%00',
    '%c0%ae',
    '%ed%a0%80',
    '\u0000',
    '\ud800',
    '../',
    '..%2f',
    "'",
    '"',
    ';--',
    '${x}',
    '{{x}}',
    '\\',
    '\\\\,',
    '|',
    '||',
    ',',
    ',,',
    '&',
    '=',
    '?',
    '#',
    '*',
    '+',
    ' ',
    '\r\n',
    '\u202e',
    'ﬀ',
    'İ',
    'ß',
  ),
);
const TYPES = [
  'Observation',
  'Patient',
  'Condition',
  'Coverage',
  'Practitioner',
  'Basic',
  'Consent',
  'Bundle',
  'Group',
];
const type = fc.constantFrom(...TYPES);
const id = fc.oneof(
  fc.constantFrom('ann-1', 'dee-1', 'ann', 'dee', '.', '..', '-', 'a'.repeat(64), 'a'.repeat(65)),
  junk,
);
const segment = fc.oneof(
  type,
  id,
  fc.constantFrom('_history', '_search', 'metadata', '$everything', '__proto__', 'constructor', ''),
  junk,
);
const anyPath = fc.oneof(
  { weight: 3, arbitrary: type.map((name) => `/${name}`) },
  { weight: 2, arbitrary: fc.tuple(type, id).map((parts) => `/${parts.join('/')}`) },
  { weight: 1, arbitrary: fc.tuple(type, id).map(([name, one]) => `/${name}/${one}/_history`) },
  {
    weight: 1,
    arbitrary: fc.tuple(type, id, id).map(([name, one, version]) => `/${name}/${one}/_history/${version}`),
  },
  {
    weight: 2,
    arbitrary: fc.array(segment, { maxLength: 6 }).map((parts) => parts.map((part) => `/${part}`).join('')),
  },
  { weight: 1, arbitrary: junk },
);

const value = fc.oneof(
  junk,
  fc.constantFrom(
    '1',
    '-1',
    '0',
    '1e308',
    '-1e308',
    '1e-320',
    '1e999',
    'gt1e308',
    'ap9e307',
    'NaN',
    'Infinity',
    '0x10',
    '9'.repeat(40),
    '1.'.concat('0'.repeat(30)),
    '2026',
    '0000',
    '0001',
    '9999-12-31',
    '9999-12-31T23:59:60Z',
    'ap9999',
    'ap0001',
    '2026-02-30',
    'gt2026-01-01T00:00:00.999999999+14:00',
    '2026-13',
    'eb',
    'sa2026',
    'Patient/ann',
    'Patient/',
    'Patient/a/b',
    'http://x/Patient/1',
    '#p',
    'urn:uuid:0',
    'ann,dee',
    'ann'.concat(',ann'.repeat(120)),
    'true',
    'false',
    'count',
    'accurate',
    'estimate',
    '-date',
    'date,-date',
    '_id,_id',
    '-_id',
    '1|http://unitsofmeasure.org|mm[Hg]',
    '1e300|http://unitsofmeasure.org|kg',
    '1|u|x|y',
    '|',
    'a|',
    '|a',
    'AAAA',
    'A'.repeat(3000),
    'x'.repeat(500),
    '10|http://unitsofmeasure.org|[degF]',
  ),
);
const PARAMS = [...new Set(TYPES.flatMap((name) => [...searchParametersOf(name).keys()]))];
const name = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...PARAMS),
      fc.constantFrom(
        '_count',
        '_sort',
        '_total',
        '_summary',
        '_cursor',
        '_format',
        '_include',
        '_has:Observation:patient:code',
        'subject.name',
        '__proto__',
        'constructor',
      ),
      junk,
    ),
    fc.constantFrom(
      '',
      '',
      '',
      ':exact',
      ':contains',
      ':not',
      ':missing',
      ':text',
      ':below',
      ':Patient',
      ':__proto__',
      ':',
      '::',
    ),
  )
  .map((parts) => parts.join(''));
const pairs = fc.array(fc.tuple(name, value), { maxLength: 5 });
/** As a browser writes it, or as it comes. */
const anyQuery = fc
  .tuple(pairs, fc.boolean())
  .map(([list, written]) =>
    list
      .map(([left, right]) => (written ? `${encode(left)}=${encode(right)}` : `${left}=${right}`))
      .join('&'),
  );

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

const incoming: fc.Arbitrary<Incoming> = fc.record({
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constant('GET') },
    {
      weight: 3,
      arbitrary: fc.constantFrom('POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'get'),
    },
    { weight: 1, arbitrary: junk },
  ),
  path: anyPath,
  query: fc.oneof({ weight: 5, arbitrary: anyQuery }, { weight: 1, arbitrary: junk }),
  body: fc.oneof(
    fc.constant(new Uint8Array()),
    anyQuery.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 60 }),
  ),
  contentType: fc.option(
    fc.oneof(
      fc.constantFrom(
        FORM,
        `${FORM}; charset=utf-8`,
        `${FORM};charset=utf-16`,
        'application/fhir+json',
        'text/plain',
      ),
      junk,
    ),
    { nil: undefined },
  ),
  authorization: fc.oneof(
    { weight: 12, arbitrary: fc.constant(tokenOf(APP)) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, EXPIRED, 'Basic x') },
  ),
  accept: fc.option(
    fc.oneof(
      fc.constantFrom('*/*', 'application/fhir+json', 'text/html', 'application/json;q=0', ';;;'),
      junk,
    ),
    { nil: undefined },
  ),
  prefer: fc.option(fc.oneof(fc.constantFrom('handling=lenient', 'handling=strict'), junk), {
    nil: undefined,
  }),
  ifNoneMatch: fc.option(fc.oneof(fc.constantFrom('*', 'W/"a"', '"'.repeat(4000)), junk), { nil: undefined }),
  requestId: fc.constant('request'),
  receivedMs: fc.constant(0),
});

/** A search of a type by one or two of its own parameters. */
const search = type.chain((one) => {
  const own = fc.constantFrom(...searchParametersOf(one).keys(), '_sort', '_count', '_total', '_summary');
  const modifier = fc.oneof(
    { weight: 5, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: fc.constantFrom(':exact', ':contains', ':not', ':missing', ':Patient') },
  );
  const pair = fc
    .tuple(own, modifier, value)
    .map(([left, word, right]) => `${encode(left + word)}=${encode(right)}`);
  return fc.array(pair, { minLength: 1, maxLength: 2 }).map((parts) => [`/${one}`, parts.join('&')] as const);
});

/** An OperationOutcome of a client's fault or of a passing one, or what was asked for. */
function checkAnswer(request: Incoming, { status, body }: Rendered): void {
  const fine = status < 400 ? [200, 304].includes(status) : status < 500 || [501, 503].includes(status);
  expect([request, status, fine]).toEqual([request, status, true]);
  if (status < 400) return;
  const outcome = parseStrict(body);
  expect([request, isObject(outcome) ? outcome['resourceType'] : undefined]).toEqual([
    request,
    'OperationOutcome',
  ]);
}

describe('whatever is sent', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.open(await openTestDatabase(), VILLAGE);
    await system.settle();
  });
  afterAll(() => system.close());

  async function answered(request: Incoming): Promise<Rendered> {
    const began = performance.now();
    const served = await serve(request, system.parts);
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    return served.kind === 'sealed' ? served.sealed.answer : served.answer;
  }

  it('is answered soon, with an OperationOutcome of the fault or with what was asked for, and is no incident', async () => {
    for (const request of fc.sample(incoming, { seed: SEED, numRuns: RUNS })) {
      checkAnswer(request, await answered(request));
    }
    expect(system.incidents).toEqual([]);
  }, 120_000);

  it('is answered so by every search parameter, whatever its value', async () => {
    const statuses = new Map<number, number>();
    for (const [path, query] of fc.sample(search, { seed: SEED, numRuns: RUNS })) {
      const request = { ...ORDINARY, path, query };
      const answer = await answered(request);
      checkAnswer(request, answer);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
    expect(system.incidents).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(RUNS / 5);
    expect(statuses.get(400)).toBeGreaterThan(RUNS / 20);
  }, 120_000);

  it('gets no value of the request back in an error', async () => {
    const secret = 'Zq7Secret';
    for (const query of [
      `code=${secret}|${secret}|${secret}`,
      `date=${secret}`,
      `_count=${secret}`,
      `_sort=${secret}`,
      `_cursor=${secret}`,
      `patient=${secret}`,
      `identifier:of-type=${secret}`,
      `_total=${secret}`,
      `value-quantity=${secret}`,
      `${secret} x=1`,
    ]) {
      const { status, body } = await answered({ ...ORDINARY, query });
      expect([query, status >= 400]).toEqual([query, true]);
      expect(Buffer.from(body).toString()).not.toContain(secret);
    }
    const path = await answered({ ...ORDINARY, path: `/${secret}/${secret}` });
    expect(Buffer.from(path.body).toString()).not.toContain(secret);
  });

  it.each([
    ['a thousand parameters', { query: 'code=a&'.repeat(1000) }],
    ['a megabyte of query', { query: `code=${'a'.repeat(1_000_000)}` }],
    ['a megabyte of escapes', { query: '%25'.repeat(350_000) }],
    [
      'a megabyte of form',
      {
        method: 'POST',
        path: '/Observation/_search',
        contentType: FORM,
        body: Buffer.alloc(1_000_000, 'a=b&'),
      },
    ],
    ['a megabyte of path', { path: '/Observation'.repeat(90_000) }],
    ['a path of slashes', { path: '/'.repeat(100_000) }],
    ['a hundred thousand backslashes', { query: `code=${'\\'.repeat(16_000)}` }],
    ['a megabyte of entity tags', { path: '/Observation/ann-1', ifNoneMatch: '"a",'.repeat(250_000) }],
    ['a megabyte of Accept', { accept: 'a/b;q=0.1,'.repeat(100_000) }],
    ['a megabyte of Prefer', { prefer: ' '.repeat(1_000_000) }],
  ] as const)('is answered soon though it is %s', async (_what, change) => {
    const began = performance.now();
    const request = { ...ORDINARY, ...change };
    const { status } = await answered(request);
    expect([200, 400, 404, 406, 413].includes(status)).toBe(true);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('takes many alternatives at once to the limit, and answers them soon', async () => {
    const many = Array.from({ length: 100 }, (_, at) => `${at}`.padStart(120, 'x')).join(',');
    for (const param of ['code', 'identifier', 'patient', '_id', 'status', 'performer']) {
      const { status } = await answered({ ...ORDINARY, query: `${param}=${many}` });
      expect([param, [200, 400, 403].includes(status)]).toEqual([param, true]);
    }
  });
});
