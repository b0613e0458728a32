import { renderJson, type Rendered } from '#http';
import type { Parts } from '../parts.js';

/** A nonce for a binding's statement. It is about nobody, and good for ten minutes. */
export function renderChallenge(parts: Parts): Rendered {
  return renderJson(200, { nonce: parts.challenges.issue(parts.clock()) }, { 'cache-control': 'no-store' });
}
