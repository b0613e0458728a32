import type { Rendered } from '#http';
import type { Parts } from './parts.js';

/** What the authorization server really supports. Always JSON, for any origin. */
export function renderSmartConfiguration(parts: Parts): Rendered {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
    body: Buffer.from(JSON.stringify(parts.smartConfiguration()), 'utf8'),
  };
}
