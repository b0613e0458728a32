import { writeJson, type JsonObject } from '#digest';
import { FHIR_JSON } from '#fhir';
import type { Rendered } from '#http';

/** An answer of the FHIR API that is made when it is asked for. */
export function fhirJson(status: number, body: JsonObject): Rendered {
  return fhirBytes(status, Buffer.from(writeJson(body), 'utf8'));
}

/** The same of a body that is written already. */
export function fhirBytes(status: number, body: Uint8Array): Rendered {
  return { status, headers: { 'content-type': `${FHIR_JSON}; charset=utf-8` }, body };
}
