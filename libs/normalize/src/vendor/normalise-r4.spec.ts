import fc from 'fast-check';
import { parseStrict, sha256, toHex, writeJson, type JsonValue } from '#digest';
import type { Normalised, NormaliseContext } from '../normalised.js';
import { resourceIdOf } from '../resource-id.js';
import { normaliseR4 } from './normalise-r4.js';

const BASE = 'https://northside.example/r4';
const CONTEXT: NormaliseContext = {
  source: 'northside',
  baseUrl: BASE,
  zone: 'America/Chicago',
  tolerated: [],
  validate: () => [],
};
const PATIENT = resourceIdOf('northside', 'Patient', 'p1');

function run(json: string, context: Partial<NormaliseContext> = {}): Normalised {
  return normaliseR4(Buffer.from(json), { ...CONTEXT, ...context });
}

function textOf(result: Normalised, at = 0): string {
  return writeJson(result.resources[at]?.resource ?? null);
}

function observation(subject: string, more = ''): string {
  return `{"resourceType":"Observation","id":"o1","status":"final"${more},"subject":${subject}}`;
}

function named(family: string): string {
  return `{"resource":{"resourceType":"Patient","id":"p1","name":[{"family":"${family}"}]}}`;
}

describe('normaliseR4', () => {
  it('gives each entry our id and names the bytes it came from', () => {
    const payload = `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"p1"}}]}`;
    const { resources, issues } = run(payload);
    expect(issues).toEqual([]);
    expect(resources).toHaveLength(1);
    expect(resources[0]).toMatchObject({ type: 'Patient', id: PATIENT, key: 'p1' });
    expect(resources[0]?.resource.id).toBe(PATIENT);
    expect(resources[0]?.upstream).toBe(toHex(sha256(Buffer.from(payload))));
  });

  it('gives the same id for the same source, type and key, and another for any other', () => {
    expect(resourceIdOf('northside', 'Patient', 'p1')).toBe(PATIENT);
    const others = [
      resourceIdOf('southside', 'Patient', 'p1'),
      resourceIdOf('northside', 'Person', 'p1'),
      resourceIdOf('northside', 'Patient', 'p2'),
    ];
    expect(new Set([PATIENT, ...others]).size).toBe(4);
  });

  it('keeps the digits of decimals, extensions and data-absent-reasons', () => {
    const absent = `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`;
    const json = `{"resourceType":"Observation","id":"o1","extension":[{"url":"https://v.example/x","valueDecimal":1.10}],"_issued":${absent},"valueQuantity":{"value":120.00}}`;
    const text = textOf(run(json));
    expect(text).toContain('"value":120.00');
    expect(text).toContain('"valueDecimal":1.10');
    expect(text).toContain(`"_issued":${absent}`);
  });

  it("takes away the vendor's version, time and source, and keeps the rest of meta", () => {
    const meta = `{"versionId":"7","lastUpdated":"2026-01-01T00:00:00Z","source":"#x","profile":["https://p.example"]}`;
    const result = run(`{"resourceType":"Patient","id":"p1","meta":${meta}}`);
    expect(result.resources[0]?.resource.meta).toEqual({ profile: ['https://p.example'] });
    const bare = run(`{"resourceType":"Patient","id":"p1","meta":{"versionId":"7"}}`);
    expect(bare.resources[0]?.resource).not.toHaveProperty('meta');
  });

  it.each([
    ['relative', `"Patient/p1"`],
    ['absolute on the base', `"${BASE}/Patient/p1"`],
  ])('rewrites a %s reference to our id', (_kind, literal) => {
    const { resources, issues } = run(observation(`{"reference":${literal},"display":"d"}`));
    expect(issues).toEqual([]);
    expect(resources[0]?.resource.subject).toEqual({ reference: `Patient/${PATIENT}`, display: 'd' });
  });

  it('rewrites a versioned reference to the resource, and says so', () => {
    const { resources, issues } = run(observation(`{"reference":"Patient/p1/_history/3"}`));
    expect(resources[0]?.resource.subject).toEqual({ reference: `Patient/${PATIENT}` });
    expect(issues.map((issue) => issue.code)).toEqual(['versioned-reference']);
  });

  it('resolves urn:uuid references within the Bundle', () => {
    const urn = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
    const patient = `{"fullUrl":"${urn}","resource":{"resourceType":"Patient","id":"p1"}}`;
    const bundle = `{"resourceType":"Bundle","entry":[${patient},{"resource":${observation(`{"reference":"${urn}"}`)}}]}`;
    expect(run(bundle).resources[1]?.resource.subject).toEqual({ reference: `Patient/${PATIENT}` });
  });

  it.each([
    'https://other.example/Patient/p1',
    'https://northside.example/r4evil/Patient/p1',
    'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0',
    'Patient?identifier=x',
    '../Patient/p1',
  ])('makes %s a logical reference without a display', (literal) => {
    const { resources, issues } = run(observation(`{"reference":"${literal}","display":"Somebody"}`));
    expect(resources[0]?.resource.subject).toEqual({
      identifier: { system: 'urn:ietf:rfc:3986', value: literal },
    });
    expect(issues).toEqual([
      {
        severity: 'information',
        code: 'foreign-reference',
        type: 'Observation',
        expression: 'Observation.subject.reference',
      },
    ]);
  });

  it('keeps references to what is contained, and remarks one that leads nowhere', () => {
    const contained = `,"contained":[{"resourceType":"Patient","id":"c"}]`;
    const found = run(observation(`{"reference":"#c"}`, contained));
    expect(found.resources[0]?.resource.subject).toEqual({ reference: '#c' });
    expect(found.issues).toEqual([]);
    expect(run(observation(`{"reference":"#d"}`, contained)).issues.map((issue) => issue.code)).toEqual([
      'dangling-reference',
    ]);
  });

  it('rewrites references inside contained resources and extensions', () => {
    const text = textOf(
      run(
        `{"resourceType":"Basic","id":"b","contained":[{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p1"}}],"extension":[{"url":"u","valueReference":{"reference":"Patient/p1"}}]}`,
      ),
    );
    expect(text.split(`Patient/${PATIENT}`)).toHaveLength(3);
  });

  it('gives times without a zone that of the source, and says so', () => {
    const json = `{"resourceType":"Encounter","id":"e","period":{"start":"2026-01-12T10:05:00.50","end":"2026-07-12T10:05"},"date":"2026-11-01T01:30:00","issued":"2026-01-12T10:05:00Z","note":"2026-01-12T10:05:00"}`;
    const { resources, issues } = run(json);
    expect(resources[0]?.resource).toMatchObject({
      period: { start: '2026-01-12T10:05:00.50-06:00', end: '2026-07-12T10:05:00-05:00' },
      date: '2026-11-01T01:30:00-05:00',
      issued: '2026-01-12T10:05:00Z',
      note: '2026-01-12T10:05:00',
    });
    expect(issues.map(({ severity, code, expression }) => [severity, code, expression])).toEqual([
      ['information', 'zone-assumed', 'Encounter.period.start'],
      ['information', 'zone-assumed', 'Encounter.period.end'],
      ['warning', 'zone-ambiguous', 'Encounter.date'],
    ]);
  });

  it('leaves a time that clocks never showed to validation', () => {
    const { resources, issues } = run(`{"resourceType":"Basic","id":"b","created":"2026-03-08T02:30:00"}`);
    expect(resources[0]?.resource.created).toBe('2026-03-08T02:30:00');
    expect(issues).toEqual([]);
  });

  it('flags modifier extensions and implicit rules wherever they stand', () => {
    const json = `{"resourceType":"Patient","id":"p1","implicitRules":"https://r.example","name":[{"family":"X"},{"modifierExtension":[{"url":"u"}]}]}`;
    const { resources, issues } = run(json);
    expect(resources).toHaveLength(1);
    expect(issues.map(({ severity, code, expression }) => [severity, code, expression])).toEqual([
      ['warning', 'modifier-extension', 'Patient.name[1].modifierExtension'],
      ['warning', 'implicit-rules', 'Patient.implicitRules'],
    ]);
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0x9c, 0x9c]), 'malformed'],
    ['truncated JSON', Buffer.from('{"resourceType":"Pa'), 'malformed'],
    ['a duplicate member', Buffer.from('{"resourceType":"Patient","id":"a","id":"b"}'), 'malformed'],
    ['a list', Buffer.from('[]'), 'not-a-resource'],
    ['an object of no type', Buffer.from('{}'), 'not-a-resource'],
    ['a number', Buffer.from('1.0'), 'not-a-resource'],
    ['a resource without id', Buffer.from('{"resourceType":"Patient"}'), 'no-id'],
    ['an id of the wrong kind', Buffer.from('{"resourceType":"Patient","id":7}'), 'no-id'],
    ['a type that is a path', Buffer.from('{"resourceType":"../x","id":"7"}'), 'not-a-resource'],
  ])('takes nothing from %s and says why', (_what, payload, code) => {
    const { resources, issues } = normaliseR4(payload, CONTEXT);
    expect(resources).toEqual([]);
    expect(issues.map((issue) => [issue.severity, issue.code])).toEqual([['error', code]]);
  });

  it('never takes an OperationOutcome and goes on with the other entries', () => {
    const bundle = `{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"OperationOutcome","id":"x"},"search":{"mode":"outcome"}},{},{"resource":{"resourceType":"Patient","id":"p1"}}]}`;
    const { resources, issues } = run(bundle);
    expect(resources.map((one) => one.type)).toEqual(['Patient']);
    expect(issues.map(({ severity, code, expression }) => [severity, code, expression])).toEqual([
      ['information', 'outcome', 'Bundle.entry[0].resource'],
      ['error', 'not-a-resource', 'Bundle.entry[1]'],
    ]);
  });

  it('counts an equal repetition once, and of two that differ takes the last with a warning', () => {
    const same = run(`{"resourceType":"Bundle","entry":[${named('A')},${named('A')}]}`);
    expect(same.resources).toHaveLength(1);
    expect(same.issues.map((issue) => [issue.severity, issue.code])).toEqual([['information', 'repeated']]);
    const other = run(`{"resourceType":"Bundle","entry":[${named('A')},${named('B')}]}`);
    expect(textOf(other)).toContain('"family":"B"');
    expect(other.issues.map((issue) => [issue.severity, issue.code])).toEqual([['warning', 'conflict']]);
  });

  it('leaves out what is not valid, and lets through only what the profile tolerates', () => {
    const fault = { rule: 'required', expression: 'Observation.component[1].code' };
    const json = observation(`{"reference":"Patient/p1"}`);
    const strict = run(json, { validate: () => [fault] });
    expect(strict.resources).toEqual([]);
    expect(strict.issues).toEqual([
      {
        severity: 'error',
        code: 'invalid',
        type: 'Observation',
        expression: 'Observation.component[1].code',
        fault: 'required',
      },
    ]);
    const tolerated = [{ type: 'Observation', rule: 'required', expression: 'Observation.component.code' }];
    const lenient = run(json, { validate: () => [fault], tolerated });
    expect(lenient.resources).toHaveLength(1);
    expect(lenient.issues.map((issue) => [issue.severity, issue.code])).toEqual([['warning', 'tolerated']]);
    const both = run(json, { validate: () => [fault, { ...fault, rule: 'other' }], tolerated });
    expect(both.resources).toEqual([]);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (payload) => {
          const { resources, issues } = normaliseR4(payload, CONTEXT);
          expect(resources.length + issues.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('changes nothing of a resource without references but id and meta', () => {
    const content = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => !['reference', 'id', 'meta'].includes(name)),
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
      ),
    );
    fc.assert(
      fc.property(content, (members) => {
        const json = JSON.stringify({ ...members, resourceType: 'Basic', id: 'b' });
        const before: JsonValue = parseStrict(json);
        const after = run(json).resources[0]?.resource;
        expect({ ...after, id: 'b' }).toEqual(before);
      }),
    );
  });
});
