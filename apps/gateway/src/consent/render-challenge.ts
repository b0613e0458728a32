import type { Rendered } from '../exchange.js';
import type { Parts } from '../parts.js';

/** A nonce for a binding's statement. It is about nobody, and good for ten minutes. */
export function renderChallenge(parts: Parts): Rendered {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: Buffer.from(JSON.stringify({ nonce: parts.challenges.issue(parts.clock()) }), 'utf8'),
  };
}
