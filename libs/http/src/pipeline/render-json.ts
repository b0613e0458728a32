import type { OutgoingHttpHeaders } from 'node:http';
import type { Rendered } from './served.js';

/** A JSON answer outside the FHIR API. A body that is text is JSON already. */
export function renderJson(status: number, body: unknown, headers: OutgoingHttpHeaders = {}): Rendered {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(text, 'utf8'),
  };
}
