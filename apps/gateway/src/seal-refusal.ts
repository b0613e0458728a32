import { renderError } from '#http';
import { GatewayError } from '#outcome';
import type { Principal } from '#smart';
import type { Incoming, NamedPerson, Served } from './exchange.js';
import { knownError } from './known-error.js';
import type { Parts } from './parts.js';
import { recordOfRefusal } from './record-of.js';
import { reportFailure } from './report-failure.js';
import { sealAnswer } from './seal-answer.js';

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
export async function sealRefusal(
  request: Incoming,
  who: Principal | GatewayError,
  { error, interaction, named }: Stopped,
  parts: Parts,
): Promise<Served> {
  if (who instanceof GatewayError) {
    return { kind: 'unidentified', answer: renderError(who), code: who.code };
  }
  const known = knownError(error);
  const { code, status } = known;
  if (code === 'seal-unavailable') throw known;
  reportFailure(error, request.requestId, parts);
  const record = await recordOfRefusal({ request, principal: who, interaction, named, code, status }, parts);
  return { kind: 'sealed', sealed: await sealAnswer({ answer: renderError(known), record }, parts) };
}
