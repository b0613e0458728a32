import { GatewayError } from '#outcome';
import type { Sealable, SealedAnswer } from './exchange.js';
import type { Parts } from './parts.js';

/** Makes the record durable and included. Whatever goes wrong is `seal-unavailable`: no seal, no answer. */
export async function sealAnswer(sealable: Sealable, parts: Parts): Promise<SealedAnswer> {
  const { answer, record } = sealable;
  try {
    const [seal] = await parts.log.append([{ record, writes: [] }]);
    if (seal === undefined) throw new GatewayError('seal-unavailable');
    return { answer, seal };
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'overloaded') throw error;
    throw new GatewayError('seal-unavailable', { retryAfterS: 1, cause: error });
  }
}
