import type { GatewayError } from '#outcome';
import type { Principal } from '#smart';
import type { Incoming } from './incoming.js';
import { knownError } from './known-error.js';
import type { PipelineParts } from './pipeline-parts.js';

/** The caller, or the error that says why there is none. */
export async function identified(
  request: Incoming,
  parts: Pick<PipelineParts<never>, 'authenticate' | 'storageFault'>,
): Promise<Principal | GatewayError> {
  try {
    return await parts.authenticate(request.authorization);
  } catch (error) {
    return knownError(error, parts);
  }
}
