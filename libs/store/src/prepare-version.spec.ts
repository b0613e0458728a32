import { canonicalize, parseStrict, sha256, type JsonObject } from '#digest';
import { isObject } from '#fhir';
import { contentOf, prepareDeletion, prepareVersion } from './prepare-version.js';
import { makeVersionId } from './version-id.js';

const AT = {
  source: 'north',
  versionId: 'aBcDeFgHiJkLmNoP',
  lastUpdatedMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
};

function parse(text: string): JsonObject {
  const value = parseStrict(Buffer.from(text));
  if (!isObject(value)) {
    throw new TypeError('not an object');
  }
  return value;
}

function valued(value: string, profile = 'p'): JsonObject {
  return parse(`{"meta":{"profile":["${profile}"]},"value":${value}}`);
}

const OBSERVATION = parse(`{
  "valueQuantity": {"value": 120.00, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
  "resourceType": "Observation", "status": "final", "id": "o1",
  "meta": {"profile": ["http://example.org/p"], "versionId": "7", "source": "other"},
  "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
  "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-01-01T10:00:00Z"}`);

describe('prepareVersion', () => {
  it('writes exact bytes with our version, time and source, decimals as they came', () => {
    const version = prepareVersion(OBSERVATION, AT);
    expect(Buffer.from(version.bytes).toString()).toBe(
      '{"resourceType":"Observation","id":"o1","meta":{"profile":["http://example.org/p"],' +
        '"versionId":"aBcDeFgHiJkLmNoP","source":"urn:proviso:source:north","lastUpdated":"2026-01-02T03:04:05.006Z"},' +
        '"valueQuantity":{"value":120.00,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"},' +
        '"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},' +
        '"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-01-01T10:00:00Z"}',
    );
    expect(version.digest).toEqual(sha256(version.bytes));
    expect(version.canon).toEqual(sha256(canonicalize(parseStrict(version.bytes))));
  });

  it.each(['120.00', '120'])('gives the digest of what the source said, of the value %s too', (value) => {
    const said = parse(`{"resourceType":"Basic","id":"b","meta":{"source":"x","tag":[]},"value":${value}}`);
    const version = prepareVersion(said, AT);
    expect(version.content).toEqual(contentOf(said));
    expect(version.content).toEqual(contentOf(parse(Buffer.from(version.bytes).toString())));
  });

  it('takes facts, patients and index rows along', () => {
    const version = prepareVersion(OBSERVATION, AT);
    expect(version.facts).toMatchObject({
      type: 'Observation',
      id: 'o1',
      versionId: AT.versionId,
      codes: ['http://loinc.org|8480-6'],
      source: 'north',
    });
    expect(version.patients).toEqual([{ patient: 'p1', role: 'subject' }]);
    expect(version.index.token).toContainEqual({ param: 'code', system: 'http://loinc.org', code: '8480-6' });
  });
});

describe('contentOf', () => {
  it('passes over what we add to meta, and the order of members', () => {
    const { id, meta, ...rest } = OBSERVATION;
    const again = {
      id,
      ...rest,
      meta: { ...(isObject(meta) ? meta : {}), versionId: '8', lastUpdated: 'now' },
    };
    expect(contentOf(again)).toEqual(contentOf(OBSERVATION));
  });

  it('sees a changed profile, a changed value, and digits that were added', () => {
    const contents = [
      valued('1.1'),
      valued('1.10'),
      valued('1.2'),
      valued('1.1', 'q'),
      valued('{"decimal":"1.10"}'),
    ].map((one) => Buffer.from(contentOf(one)).toString('hex'));
    expect(new Set(contents).size).toBe(4);
    expect(contents[1]).toBe(contents[4]);
  });
});

describe('prepareDeletion', () => {
  it('keeps facts and patients of the version before, and nothing of its content', () => {
    const before = prepareVersion(OBSERVATION, AT);
    const gone = prepareDeletion(before, { ...AT, versionId: 'zzzzzzzzzzzzzzzz' });
    expect(gone).toMatchObject({ type: 'Observation', id: 'o1', deleted: true, patients: before.patients });
    expect(gone.facts).toEqual({ ...before.facts, versionId: 'zzzzzzzzzzzzzzzz' });
    expect(gone.bytes).toHaveLength(0);
    expect(Object.values(gone.index).flat()).toEqual([]);
  });
});

describe('makeVersionId', () => {
  it('makes 16 letters and digits, and throws away bytes that would favour some of them', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, position) => (position < 8 ? 255 : position));
    expect(makeVersionId(() => bytes)).toBe('IJKLMNOPIJKLMNOP');
    expect(makeVersionId((length) => crypto.getRandomValues(new Uint8Array(length)))).toMatch(
      /^[A-Za-z0-9]{16}$/,
    );
  });
});
