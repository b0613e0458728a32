import { canonicalize, parseStrict, sha256, toHex, type JsonObject } from '#digest';
import { isObject, PROVENANCE_PATIENT, validateResource } from '#fhir';
import { prepareDeletion, prepareVersion } from '../prepare-version.js';
import { observation } from '../testing/world-parts.js';
import { payloadCommitment, provenanceOf, type Origin } from './provenance-of.js';

const UPSTREAM = 'ab'.repeat(32);
const SALT = new Uint8Array(32).fill(7);
const AT = { source: 'lakeview', versionId: 'v1', lastUpdatedMs: Date.UTC(2026, 0, 2) };
const PULLED: Origin = { source: 'lakeview', eventMs: undefined, lineage: undefined, salt: SALT };
const SENT: Origin = {
  ...PULLED,
  eventMs: Date.UTC(2026, 0, 1, 10),
  lineage: {
    digest: UPSTREAM,
    sender: 'LAB|LAKEVIEW',
    converter: { name: 'proviso-v2', version: '1', maps: 'cd' },
    inboxId: 'i1',
  },
};

const target = prepareVersion(
  observation('o', 'a', {
    performer: [{ reference: 'Patient/b' }],
    code: { coding: [{ system: 'http://loinc.org', code: '75622-1' }] },
  }),
  AT,
);

function parsed(bytes: Uint8Array): JsonObject {
  const value = parseStrict(bytes);
  return isObject(value) ? value : {};
}

/** The text of a Provenance without what names the version. */
function plain(value: JsonObject): string {
  return canonicalize(value).replaceAll(/"id":"[^"]*"|_history\/v\d/g, '');
}

describe('provenanceOf', () => {
  const made = provenanceOf(target, UPSTREAM, SENT, 'w1');
  const resource = parsed(made.bytes);

  it('is valid R4 and names the version, the sender, the converter and the payload', () => {
    expect(validateResource(resource)).toEqual([]);
    expect(resource).toMatchObject({
      target: [{ reference: 'Observation/o/_history/v1' }],
      occurredDateTime: '2026-01-01T10:00:00.000Z',
      recorded: '2026-01-02T00:00:00.000Z',
      agent: [
        { who: { identifier: { system: 'urn:proviso:source', value: 'lakeview' }, display: 'LAB|LAKEVIEW' } },
        { who: { identifier: { system: 'urn:proviso:converter', value: 'proviso-v2/1' } } },
      ],
      entity: [{ role: 'source', what: { identifier: { system: 'urn:ietf:rfc:3986' } } }],
    });
  });

  it('has all that rules may look at of its target, and its patients', () => {
    const { type, id, versionId, targets, ...facts } = made.facts;
    expect({ type, id, versionId, targets }).toEqual({
      type: 'Provenance',
      id: made.id,
      versionId: 'w1',
      targets: ['Observation/o'],
    });
    expect(target.facts).toMatchObject(facts);
    expect(made.patients).toEqual(target.patients);
    expect(made.facts.labels.join()).toContain('HIV');
  });

  it('is found by its target and by the patients of the target', () => {
    const rows = made.index.reference.map(
      ({ param, targetType, targetId }) => `${param} ${targetType}/${targetId}`,
    );
    expect(rows).toEqual(
      expect.arrayContaining(['target Observation/o', 'patient Patient/a', 'patient Patient/b']),
    );
    expect(resource['extension']).toContainEqual({
      url: PROVENANCE_PATIENT,
      valueReference: { reference: 'Patient/a' },
    });
  });

  it('commits to the payload and does not tell its digest', () => {
    expect(Buffer.from(made.bytes).toString()).not.toContain(UPSTREAM);
    const commitment = toHex(
      sha256(Buffer.concat([Buffer.from('proviso/v1/payload\0'), SALT, Buffer.from(UPSTREAM, 'hex')])),
    );
    expect(payloadCommitment(SALT, UPSTREAM)).toBe(commitment);
    expect(JSON.stringify(resource['entity'])).toContain(`urn:hash::sha256:${commitment}`);
  });

  it('says the same of a first and of a later version: that there was one before is not to be told', () => {
    const later = provenanceOf({ ...target, versionId: 'v2' }, UPSTREAM, SENT, 'w1');
    expect(plain(parsed(later.bytes))).toBe(plain(resource));
    expect(later.id).not.toBe(made.id);
  });

  it('names the client that wrote it, and nothing that it sent', () => {
    const written = parsed(
      provenanceOf(target, undefined, { source: 'app-writer', client: 'writer' }, 'w1').bytes,
    );
    expect(validateResource(written)).toEqual([]);
    expect(written['agent']).toMatchObject([
      { who: { type: 'Device', identifier: { system: 'urn:proviso:client', value: 'writer' } } },
    ]);
    expect([written['entity'], written['occurredDateTime']]).toEqual([undefined, undefined]);
  });

  it('has the same id for the same version', () => {
    expect(provenanceOf(target, UPSTREAM, SENT, 'w2').id).toBe(made.id);
  });

  it('names the source alone for what was pulled, and the act for a deletion', () => {
    const pulled = parsed(provenanceOf(target, UPSTREAM, PULLED, 'w1').bytes);
    expect(pulled['agent']).toHaveLength(1);
    expect(pulled['occurredDateTime']).toBeUndefined();
    const gone = prepareDeletion(target, { ...AT, versionId: 'v2' });
    const deleted = parsed(provenanceOf(gone, undefined, PULLED, 'w1').bytes);
    expect(validateResource(deleted)).toEqual([]);
    expect(deleted).toMatchObject({ activity: { coding: [{ code: 'DELETE' }] } });
    expect(deleted['entity']).toBeUndefined();
  });
});
