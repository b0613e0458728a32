import { canonicalize, Decimal, parseStrict, sha256, type JsonObject } from '#digest';
import { prepareVersion } from '../prepare-version.js';
import type { Stored } from '../resource-store.js';
import { withLinks } from './with-links.js';

function stored(patient: JsonObject, linked: readonly string[]): Stored {
  const version = prepareVersion(patient, { source: 'north', versionId: 'v1', lastUpdatedMs: 0 });
  return {
    ...version,
    current: true,
    linked,
    patients: [{ patient: 'a', person: 'p', role: 'subject' }],
  };
}

const PATIENT = {
  resourceType: 'Patient',
  id: 'a',
  extension: [{ url: 'u', valueDecimal: new Decimal('1.10') }],
  link: [{ other: { reference: 'Patient/b' }, type: 'replaced-by' }],
};

describe('withLinks', () => {
  it('adds each other Patient of the person once, and leaves what the source stated', () => {
    const shown = withLinks(stored(PATIENT, ['b', 'c']));
    const parsed = parseStrict(shown.bytes);
    expect(parsed).toMatchObject({
      id: 'a',
      meta: { versionId: 'v1' },
      link: [
        { other: { reference: 'Patient/b' }, type: 'replaced-by' },
        { other: { reference: 'Patient/c' }, type: 'seealso' },
      ],
    });
    expect(Buffer.from(shown.bytes).toString()).toContain('1.10');
    expect([shown.digest, shown.canon]).toEqual([sha256(shown.bytes), sha256(canonicalize(parsed))]);
    expect(shown.versionId).toBe('v1');
  });

  it('gives the very bytes where nothing is added', () => {
    for (const linked of [[], ['b']]) {
      const row = stored(PATIENT, linked);
      expect(withLinks(row)).toBe(row);
    }
  });
});
