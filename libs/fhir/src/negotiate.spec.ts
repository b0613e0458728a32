import { GatewayError } from '#outcome';
import { etagOf, matchesNone, reprDigest, versionOfIfMatch } from './etag.js';
import { bodyKind, negotiate } from './negotiate.js';

const JSON_TYPE = 'application/fhir+json; charset=utf-8';
const withCode = (code: string) => expect.objectContaining({ code });

describe('negotiate', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['*/*', undefined],
    ['application/fhir+json', undefined],
    ['application/json;q=0.9', undefined],
    ['text/html, application/xhtml+xml, */*;q=0.8', undefined],
    ['application/fhir+json; fhirVersion=4.0', undefined],
    ['application/fhir+xml', 'json'],
    ['text/html', 'application/fhir json'],
    ['text/html', 'application/json'],
  ])('serves JSON for Accept %s and _format %s', (accept, format) => {
    expect(negotiate(accept, format)).toBe(JSON_TYPE);
  });

  it.each<[string | undefined, string | undefined]>([
    ['application/fhir+xml', undefined],
    ['text/html', undefined],
    ['application/fhir+json;q=0', undefined],
    ['application/fhir+json; fhirVersion=5.0', undefined],
    ['application/fhir+json', 'xml'],
    ['*/*', 'text/turtle'],
  ])('refuses Accept %s with _format %s', (accept, format) => {
    expect(() => negotiate(accept, format)).toThrow(withCode('not-acceptable'));
  });
});

describe('bodyKind', () => {
  it('knows JSON and forms', () => {
    expect(bodyKind('application/fhir+json; charset=UTF-8')).toBe('fhir-json');
    expect(bodyKind('application/json')).toBe('fhir-json');
    expect(bodyKind('Application/X-WWW-Form-Urlencoded')).toBe('form');
  });

  it.each([undefined, '', 'text/xml', 'json', 'application/json; charset=latin1', 'multipart/form-data'])(
    'refuses %s',
    (type) => {
      expect(() => bodyKind(type)).toThrow(withCode('unsupported-media'));
    },
  );
});

describe('entity tags', () => {
  it('match weakly, in lists and by the star', () => {
    expect(matchesNone(etagOf('abc'), 'abc')).toBe(true);
    expect(matchesNone('"abc"', 'abc')).toBe(true);
    expect(matchesNone('W/"x", W/"abc"', 'abc')).toBe(true);
    expect(matchesNone('*', 'abc')).toBe(true);
    expect(matchesNone('abc', 'abc')).toBe(false);
    expect(matchesNone(undefined, 'abc')).toBe(false);
    expect(matchesNone(`${'"x",'.repeat(1000)}"abc"`, 'abc')).toBe(false);
  });

  it('say the one version of If-Match, or nothing', () => {
    expect(versionOfIfMatch(undefined)).toBeUndefined();
    expect(versionOfIfMatch('W/"abc"')).toBe('abc');
    for (const header of ['*', 'abc', '"a","b"', '""', '"a b"']) {
      expect(() => versionOfIfMatch(header)).toThrow(GatewayError);
    }
  });
});

describe('reprDigest', () => {
  it('writes the structured field of RFC 9530', () => {
    const digest = Buffer.from('5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03', 'hex');
    expect(reprDigest(digest)).toBe('sha-256=:WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=:');
  });
});
