import { permitSource } from '#consent';
import type { FhirSource } from '#ehr';
import { MemorySource, type MemoryResource } from '../../libs/ehr/src/testing/memory-source.js';
import { shouldBehaveLikeSource } from '../../libs/ehr/src/testing/source.contract.js';
import { NorthsideHarness } from './northside-harness.js';

const SYSTEM = 'https://registry.example/person-number';

function patient(id: string, number: string): MemoryResource {
  const identifier = [{ system: SYSTEM, value: number }];
  return { patient: id, resource: { resourceType: 'Patient', id, identifier } };
}

function condition(id: string, of: string): MemoryResource {
  return {
    patient: of,
    resource: { resourceType: 'Condition', id, subject: { reference: `Patient/${of}` } },
  };
}

describe('MemorySource', () => {
  shouldBehaveLikeSource(() => ({
    source: new MemorySource('memory', [
      patient('a', '1'),
      patient('b', '2'),
      condition('c1', 'a'),
      condition('c2', 'a'),
      condition('c3', 'b'),
      { patient: undefined, resource: { resourceType: 'Organization', id: 'o' } },
    ]),
    permit: permitSource({ source: 'memory' }),
    foreign: permitSource({ source: 'other' }),
    patients: ['a', 'b'],
    identifier: `${SYSTEM}|1`,
    type: 'Condition',
    ids: ['c1', 'c2'],
  }));
});

describe('FhirSource against Northside', () => {
  let northside: NorthsideHarness;
  let source: FhirSource;

  beforeAll(async () => {
    northside = await NorthsideHarness.start();
    source = await northside.source({ pageSize: 2 });
  });
  afterAll(() => northside.stop());

  shouldBehaveLikeSource(() => ({
    source,
    permit: northside.permit,
    foreign: permitSource({ source: 'other' }),
    patients: ['n-1001', 'n-1002', 'n-1003', 'n-1004'],
    identifier: `${SYSTEM}|EX-4401`,
    type: 'Condition',
    ids: ['mc-1', 'mc-2'],
  }));
});
