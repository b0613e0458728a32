import type { JsonObject } from '#digest';
import { recognise, type SearchRequest } from '#fhir';

/** An Observation of a patient. */
export function observation(id: string, patient: string, change: JsonObject = {}): JsonObject {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: '2026-01-01T10:00:00Z',
    ...change,
  };
}

/** A search as the edge parses it. */
export function searchOf(type: string, query: string): SearchRequest {
  const interaction = recognise(
    { method: 'GET', path: `/${type}`, query },
    { lenient: false, defaultCount: 20, maxCount: 200 },
  );
  if (interaction.kind !== 'search-type') {
    throw new Error(interaction.kind);
  }
  return interaction.search;
}
