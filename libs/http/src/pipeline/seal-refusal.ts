import { GatewayError } from '#outcome';
import type { Principal } from '#smart';
import { renderError } from '../render-error.js';
import type { Incoming } from './incoming.js';
import { knownError } from './known-error.js';
import type { PipelineParts } from './pipeline-parts.js';
import { recordOfRefusal, type NamedPerson } from './record-heads.js';
import { reportFailure } from './report-failure.js';
import { sealAnswer } from './seal-answer.js';
import type { Served } from './served.js';

/** What stopped a request, and how far it had come. */
export interface Stopped {
  readonly error: unknown;
  readonly interaction: string;
  readonly named: readonly NamedPerson[];
}

/**
 * The answer to a request that was stopped: its record is sealed like any other. Who is told "no" must be known, or it is
 * nobody: a request without a valid token is counted, not sealed. Throws `seal-unavailable` alone.
 */
export async function sealRefusal<Change>(
  request: Incoming,
  who: Principal | GatewayError,
  { error, interaction, named }: Stopped,
  parts: PipelineParts<Change>,
): Promise<Served> {
  if (who instanceof GatewayError) {
    return { kind: 'unidentified', answer: renderError(who), code: who.code };
  }
  const known = knownError(error, parts);
  const { code, status } = known;
  if (code === 'seal-unavailable') throw known;
  reportFailure(error, request.requestId, parts);
  const record = await recordOfRefusal({ request, principal: who, interaction, named, code, status }, parts);
  return { kind: 'sealed', sealed: await sealAnswer({ answer: renderError(known), record }, parts) };
}
