import { permitSource } from '#consent';
import { ReadThrough, SYSTEM_PACE, VendorProfile } from '#ehr';
import { MemoryIntakeSink } from '../../../../libs/ehr/src/testing/memory-intake-sink.js';
import { MemorySource } from '../../../../libs/ehr/src/testing/memory-source.js';
import type { OpenSource } from '../open-sources.js';

/** A source in memory with one patient (`<id>-1`), her observation and an organization, opened over a sink in memory. */
export function openMemorySource(id: string): {
  readonly open: OpenSource;
  readonly source: MemorySource;
  readonly sink: MemoryIntakeSink;
} {
  const patient = `${id}-1`;
  const source = new MemorySource(id, [
    { patient, resource: { resourceType: 'Patient', id: patient } },
    { patient, resource: { resourceType: 'Observation', id: `${id}-o`, status: 'final' } },
    { patient: undefined, resource: { resourceType: 'Organization', id: `${id}-org` } },
  ]);
  const profile = VendorProfile.parse({
    id,
    name: id,
    baseUrl: `https://${id}.example/r4`,
    auth: { clientId: 'c', keyFile: 'k', alg: 'ES384', scopes: ['system/*.rs'] },
    zone: 'UTC',
    types: [{ type: 'Patient', patientParam: '_id' }, { type: 'Observation' }],
    directoryTypes: ['Organization'],
  });
  const sink = new MemoryIntakeSink();
  const through = new ReadThrough({ source, profile, sink, validate: () => [], pace: SYSTEM_PACE });
  return { open: { source, through, permit: permitSource({ source: id }) }, source, sink };
}
