import { GatewayError } from '#outcome';
import type { PipelineParts } from './pipeline-parts.js';
import type { Sealable, SealedAnswer } from './served.js';

/**
 * Makes the record durable and included, with the rows that change with it. Whatever goes wrong is `seal-unavailable`: no seal,
 * no answer; but `version-conflict` where the rows do not allow a change.
 */
export async function sealAnswer<Change>(
  sealable: Sealable,
  parts: Pick<PipelineParts<Change>, 'log'>,
  writes: readonly Change[] = [],
): Promise<SealedAnswer> {
  const { answer, record } = sealable;
  try {
    const [seal] = await parts.log.append([{ record, writes }]);
    if (seal === undefined) throw new GatewayError('seal-unavailable');
    return { answer, seal };
  } catch (error) {
    if (error instanceof GatewayError && isTold(error, writes.length > 0)) throw error;
    throw new GatewayError('seal-unavailable', { retryAfterS: 1, cause: error });
  }
}

function isTold({ code }: GatewayError, writing: boolean): boolean {
  return code === 'overloaded' || (writing && code === 'version-conflict');
}
