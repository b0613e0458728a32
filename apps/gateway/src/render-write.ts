import { etagOf, FHIR_JSON, preferredReturn, reprDigest } from '#fhir';
import type { Rendered } from '#http';
import type { Parts } from './parts.js';
import type { Accepted } from './writing.js';

const CONTENT_TYPE = `${FHIR_JSON}; charset=utf-8`;
const DONE = { create: 'created', update: 'updated', patch: 'updated', delete: 'deleted' } as const;

/** What an answer is made of; the version may have been written before. */
export type Rendering = Pick<Accepted, 'interaction' | 'request' | 'readable'> & {
  readonly version: Pick<
    Accepted['version'],
    'type' | 'id' | 'versionId' | 'lastUpdatedMs' | 'deleted' | 'bytes' | 'digest'
  >;
};

/**
 * The answer to a write: the resource as it will be served, where the client may read it and does not prefer less; else nothing
 * but its headers.
 * @see https://hl7.org/fhir/R4/http.html#ops
 */
export function renderWrite(state: Rendering, parts: Pick<Parts, 'fhirBase'>): Rendered {
  const { interaction, version, request, readable } = state;
  const preferred = preferredReturn(request.prefer) ?? 'representation';
  const headers = headersOf(state, parts);
  const status = interaction.kind === 'create' ? 201 : 200;
  if (preferred === 'OperationOutcome') {
    return {
      status,
      headers: { ...headers, 'content-type': CONTENT_TYPE },
      body: outcomeOf(DONE[interaction.kind]),
    };
  }
  if (version.deleted) return { status: 204, headers, body: new Uint8Array() };
  if (preferred === 'minimal' || !readable) return { status, headers, body: new Uint8Array() };
  const shown = { 'content-type': CONTENT_TYPE, 'repr-digest': reprDigest(version.digest) };
  return { status, headers: { ...headers, ...shown }, body: version.bytes };
}

function headersOf({ interaction, version }: Rendering, { fhirBase }: Pick<Parts, 'fhirBase'>) {
  const { type, id, versionId, lastUpdatedMs } = version;
  return {
    etag: etagOf(versionId),
    'last-modified': new Date(lastUpdatedMs).toUTCString(),
    ...(interaction.kind === 'create' ? { location: `${fhirBase}/${type}/${id}/_history/${versionId}` } : {}),
  };
}

function outcomeOf(done: string): Uint8Array {
  const issue = [
    { severity: 'information', code: 'informational', details: { text: `The resource was ${done}.` } },
  ];
  return Buffer.from(JSON.stringify({ resourceType: 'OperationOutcome', issue }), 'utf8');
}
