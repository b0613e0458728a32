import type { Said } from './raw.js';

export const JSON_TYPE = { 'content-type': 'application/json' };
export const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

/** Longer than a header, a path or a parameter may be. */
const LONG = 'x'.repeat(12_000);
/** What is put in the place of a route's parameter. */
export const ODD: readonly string[] = ['', LONG.slice(0, 500), '0x00', '\0', '../x', 'é', 'Patient', '0'];
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

/** Searches that no server should take as they are. */
export const SEARCHES: readonly string[] = [
  '_count=-1',
  '_count=abc',
  '_count=1e9',
  '_count=99999999999999999999',
  '_count=1&_count=2',
  '_count=',
  '_cursor=x',
  '_cursor=',
  `_cursor=${'A'.repeat(4_000)}`,
  '_sort=nothing',
  '_sort=-_id,-_id,date,date,code',
  'date=2020-13-45',
  'date=gt',
  'date=gtx',
  'date=99999999-01-01',
  '_lastUpdated=yesterday',
  'date=eq2020-02-30',
  'code=a|b|c',
  'code=|',
  'code:in=x',
  'category:text=x',
  'status=final&status=',
  '_id=../../etc/passwd',
  '_id=%00',
  '_id=%ff%fe',
  '_id=%',
  '_id=%zz',
  `_id=${'a'.repeat(65)}`,
  'patient=',
  `patient=${'a,'.repeat(600)}`,
  'patient.name=x',
  '_has:Observation:patient:code=x',
  '_include=*',
  '_revinclude=*',
  '_filter=a eq b',
  '_query=x',
  '_contained=true',
  '_summary=true',
  '_elements=x',
  '_format=xml',
  'constructor=1',
  '__proto__=1',
  'hasOwnProperty=1',
  'a[b]=c',
  '=x',
  `${LONG}=1`,
  `x=${LONG}`,
  Array.from({ length: 2_000 }, (_each, at) => `p${at}=1`).join('&'),
];

/** Searches that are well formed and can find nothing that the client may not see. */
export const VAIN: readonly string[] = [
  'code:not=x',
  'patient=Observation/1',
  'patient=http://evil.example/Patient/1',
  'subject:Group=1',
  "patient='; drop table resource; --",
  "code='; drop table resource; --",
  "_id=x' or '1'='1",
];

/** Paths that lead nowhere. */
export const PATHS: readonly string[] = [
  '/fhir/R4/',
  '/fhir/R4//',
  '/fhir/R4/Patient/',
  '/fhir/R4/Patient/%2e%2e/x',
  '/fhir/R4/Patient/%00',
  '/fhir/R4/Patient/%',
  '/fhir/R4/Patient/%ff',
  '/fhir/R4/patient',
  '/fhir/R4/__proto__',
  '/fhir/R4/Patient/a/_history/%',
  `/fhir/R4/Patient/${'a'.repeat(65)}`,
  '/fhir/R4/Patient/$x',
  '/fhir/R4/$everything',
  '/fhir/R5/Patient',
  '/log/default/tile/0/x',
  '/log/default/tile/99/000',
  '/log/default/tile/-1/000',
  '/log/other/checkpoint',
  '/log/default/tile/0/x999/000',
  '/log/default/tile/0/999',
  '/log/default/consistency/0/1',
  '/log/default/',
  '/log/default/consistency/2/1',
  '/log/default/consistency/1/9999999999999999999',
  '/log/default/../x',
  '/receipts/-1',
  '/receipts/x',
  '/receipts/99999999999999999999',
  '/receipts/%00',
  '/receipts/1e3',
  '/consent/grants/0x',
  '/consent/grants/x',
  `/consent/grants/0x${'0'.repeat(63)}`,
  '/consent/bindings/0x1',
  '/consent/nothing',
  '/admin',
  '/admin/clients/%ff',
  '/admin/inbox/x',
  '/admin/inbox/%00/raw',
  '/admin/inbox?limit=-1',
  '/admin/inbox?limit=1&limit=2',
  '/admin/inbox?before=99999999999999999999',
  '/admin/inbox?__proto__[a]=1',
  '/admin/links/%ff',
  '/admin/links/..%2f..',
  '/.env',
  '/nothing',
  '/oauth/nothing',
  '/oauth/token',
];

/** Bodies that are not what a JSON route takes. */
export const BODIES: readonly { readonly what: string; readonly body: string | Uint8Array<ArrayBuffer> }[] = [
  { what: 'nothing', body: '' },
  { what: 'no JSON', body: 'hello' },
  { what: 'half of an object', body: '{"subject":"0x' },
  { what: 'a list', body: '[]' },
  { what: 'null', body: 'null' },
  { what: 'a number', body: '1e999' },
  { what: 'an empty object', body: '{}' },
  { what: 'a deep list', body: DEEP },
  { what: 'a deep object', body: '{"a":'.repeat(50_000) },
  { what: 'a name twice', body: '{"subject":"0x00","subject":"0x01"}' },
  { what: 'a prototype', body: '{"__proto__":{"roles":["administrator"]},"constructor":{}}' },
  { what: 'a lone surrogate', body: '{"patient":"\\ud800"}' },
  { what: 'a byte order mark', body: '\ufeff{}' },
  { what: 'no UTF-8', body: Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d) },
  { what: 'a NUL', body: '{"patient":"\\u0000"}' },
  { what: 'wrong types', body: JSON.stringify({ subject: 1, ops: 'x', op: [], terms: null, consent: {} }) },
  { what: 'huge lists', body: JSON.stringify({ ops: Array.from({ length: 20_000 }, () => ({})) }) },
  { what: 'a huge text', body: JSON.stringify({ id: 'x'.repeat(900_000) }) },
];
/** Routes that take a JSON body, and a client that may write there. */
export const WRITERS: readonly { readonly path: string; readonly client: string }[] = [
  { path: '/consent/bindings', client: 'registrar' },
  { path: '/consent/grants', client: 'wallet' },
  { path: '/consent/revocations', client: 'wallet' },
  { path: '/admin/clients', client: 'administrator' },
  { path: '/admin/inbox/00000000-0000-4000-8000-000000000000/discard', client: 'steward' },
  { path: '/admin/links/00000000-0000-4000-8000-000000000000/unlink', client: 'steward' },
];

/** Forms that are no request for a token. */
export const TOKEN_FORMS: readonly string[] = [
  '',
  'x',
  'grant_type=',
  'grant_type=client_credentials',
  `grant_type=${LONG}`,
  '%ff=%fe&%',
  'grant_type=client_credentials&grant_type=client_credentials',
  `scope=${'a '.repeat(20_000)}`,
  `client_assertion=${'a'.repeat(100_000)}`,
  'client_assertion=a.b.c&client_assertion_type=x',
  Array.from({ length: 5_000 }, (_each, at) => `p${at}=1`).join('&'),
];

/** Values of the header `Authorization` that bear no token. */
export const NO_TOKENS: readonly string[] = [
  'Bearer',
  'Bearer ',
  `Bearer ${LONG.slice(0, 4_000)}`,
  'Basic YTpi',
  'Bearer a b',
  'bearer \u00e9',
];

/** Headers of a body in a type, charset or encoding that no JSON route takes. */
export const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { 'content-type': 'text/xml' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': ';;;' },
  { ...JSON_TYPE, 'content-encoding': 'gzip' },
];

/** The head of a request, as bytes on the wire. */
export const head = (line: string, ...headers: readonly string[]) =>
  [line, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
export const GET = 'GET /fhir/R4/metadata HTTP/1.1';
const POST = 'POST /fhir/R4/Patient/_search HTTP/1.1';
/** Bytes that are no request. */
export const GARBAGE: readonly (readonly [string, string | Uint8Array])[] = [
  ['noise', Buffer.from(Array.from({ length: 4_096 }, (_each, at) => (at * 31) % 256))],
  ['a TLS greeting', Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03)],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['no version', 'GET /\r\n\r\n'],
  ['a version that is none', head('GET / HTTP/9.9')],
  ['a method that is none', head('G\u0000T / HTTP/1.1')],
  ['a line without end', `GET /${'a'.repeat(100_000)}`],
  ['headers without end', head(GET, `X-Long: ${'a'.repeat(100_000)}`)],
  ['very many headers', head(GET, ...Array.from({ length: 3_000 }, (_each, at) => `X-${at}: 1`))],
  ['a header without colon', head(GET, 'no colon here')],
  ['a folded header', head(GET, 'X-A: 1', ' folded')],
  ['two lengths', `${head(POST, 'Content-Length: 3', 'Content-Length: 4')}abcd`],
  ['a negative length', head(POST, 'Content-Length: -1')],
  ['length and chunks', `${head(POST, 'Content-Length: 3', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
  ['a chunk that is none', `${head(POST, 'Transfer-Encoding: chunked')}zz\r\n`],
  ['an unknown transfer', head(POST, 'Transfer-Encoding: magic')],
  ['two hosts', head(GET, 'Host: evil.example')],
];

/** Requests that do not come to an end: a header by drops, a body and a line that stay away. */
export const SLOW: readonly Said[] = [
  ...repeated(50, { bytes: head(GET, `X-Slow: ${'a'.repeat(2_000)}`), trickle: 100 }),
  ...repeated(50, { bytes: `${head(POST, 'Content-Type: application/json', 'Content-Length: 900')}{` }),
  ...repeated(100, { bytes: 'GET / HT' }),
];

function repeated(times: number, said: Said): readonly Said[] {
  return Array.from({ length: times }, () => said);
}
