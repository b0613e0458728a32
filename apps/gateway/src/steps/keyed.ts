import { GatewayError } from '#outcome';
import type { WriteInteraction } from '#fhir';
import type { Decided } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { requestDigest } from '../request-digest.js';
import type { Keyed } from '../writing.js';
import { writtenBefore } from '../written-before.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * What the client's Idempotency-Key stands for, where it gave one. The same request again is answered by what became of the first,
 * and is written once; another request under the key is `version-conflict`.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export async function keyed<State extends Decided<WriteInteraction>>(
  state: State,
  parts: Parts,
): Promise<Advance<State & Keyed>> {
  const { idempotencyKey: key } = state.request;
  if (key === undefined) return go({ ...state, key: undefined });
  if (!KEY.test(key)) throw new GatewayError('invalid-value', { expression: ['Idempotency-Key'] });
  const { client } = state.principal;
  const request = requestDigest(state.request);
  const standing = await parts.keyedWrites.standing({ client, key, request, nowMs: parts.clock() });
  switch (standing.kind) {
    case 'free': {
      const id = standing.id ?? parts.newId(parts.clock());
      return go({ ...state, key: { id, digest: parts.keyedWrites.keyDigest(client, key), request } });
    }
    case 'taken':
      return writtenBefore(state, standing.write, parts);
    case 'other-request':
      throw new GatewayError('version-conflict', {
        details: 'The Idempotency-Key stands for another request.',
      });
    default:
      return standing satisfies never;
  }
}
