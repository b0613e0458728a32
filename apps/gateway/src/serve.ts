import { bodyKind, negotiate, queryPairs, recognise, type FhirRequest } from '#fhir';
import { GatewayError, outcomeOfError, type ErrorCode } from '#outcome';
import type { Principal } from '#smart';
import type { DataInteraction, Incoming, NamedPerson, Rendered, SealedAnswer } from './exchange.js';
import type { Ended } from './line.js';
import type { Parts } from './parts.js';
import { identified } from './operation.js';
import { recordOfRefusal } from './record-of.js';
import { renderOutcome } from './render-outcome.js';
import { sealAnswer } from './seal-answer.js';
import { runLine } from './steps.js';

const TRIES = 3;

/** An answer that may leave: sealed, or one about nobody to nobody (no valid token). */
export type Served =
  | { readonly kind: 'sealed'; readonly sealed: SealedAnswer }
  | { readonly kind: 'unidentified'; readonly answer: Rendered; readonly code: ErrorCode };

/** What stopped a request, and how far it had come. */
interface Stopped {
  readonly error: unknown;
  readonly interaction: string;
  readonly principal: Principal | undefined;
  readonly named: readonly NamedPerson[];
}

/**
 * Runs a request through the line of its interaction, and seals whatever comes out once the caller is known.
 * Never throws but for `seal-unavailable`, the constant 503 of an answer that cannot be sealed.
 */
export async function serve(request: Incoming, parts: Parts): Promise<Served> {
  const recognised = tryRecognise(request, parts);
  if (recognised.kind === 'unrecognised') {
    return stop(
      request,
      { ...recognised, interaction: 'unrecognised', principal: undefined, named: [] },
      parts,
    );
  }
  const { interaction } = recognised;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const ended = await runLine({ request, interaction }, parts);
    if (ended.kind === 'go') return { kind: 'sealed', sealed: ended.state };
    if (ended.kind !== 'retry') return stop(request, stoppedAt(ended), parts);
  }
  const error = new GatewayError('overloaded', { retryAfterS: 1 });
  return stop(request, { error, interaction: interaction.kind, principal: undefined, named: [] }, parts);
}

type Attempt =
  | { readonly kind: 'recognised'; readonly interaction: DataInteraction }
  | { readonly kind: 'unrecognised'; readonly error: unknown };

function tryRecognise(request: Incoming, parts: Parts): Attempt {
  try {
    negotiate(request.accept, formatOf(request.query));
    const interaction = recognise(fhirRequestOf(request), {
      ...parts.limits.pages,
      lenient: request.prefer?.includes('handling=lenient') === true,
    });
    if (interaction.kind === 'capabilities') throw new GatewayError('method-not-allowed');
    return { kind: 'recognised', interaction };
  } catch (error) {
    return { kind: 'unrecognised', error };
  }
}

/** A search by POST is a form; any other body is no search. Throws `unsupported-media`. */
function fhirRequestOf({ method, path, query, body, contentType }: Incoming): FhirRequest {
  if (method !== 'POST') return { method, path, query };
  if (bodyKind(contentType) !== 'form') throw new GatewayError('unsupported-media');
  return { method, path, query, form: Buffer.from(body).toString('utf8') };
}

function formatOf(query: string): string | undefined {
  return queryPairs(query).find(([name]) => name === '_format')?.[1];
}

function stoppedAt(ended: Exclude<Ended<unknown>, { kind: 'go' | 'retry' }>): Stopped {
  const { at } = ended;
  const error = ended.kind === 'refuse' ? new GatewayError(ended.code) : ended.error;
  return { error, interaction: at.interaction.kind, principal: at.principal, named: at.named ?? [] };
}

/** Who is told "no" must be known, or it is nobody: a request without a valid token is counted, not sealed. */
async function stop(request: Incoming, stopped: Stopped, parts: Parts): Promise<Served> {
  const who = stopped.principal ?? (await identified(request, parts));
  if (who instanceof GatewayError) {
    return { kind: 'unidentified', answer: renderOutcome(who), code: who.code };
  }
  const { code, status } = outcomeOfError(stopped.error);
  if (code === 'internal' || code === 'integrity-failure') {
    parts.incident(code, { requestId: request.requestId, cause: String(stopped.error) });
  }
  if (code === 'seal-unavailable') throw stopped.error;
  const { interaction, named } = stopped;
  const record = await recordOfRefusal({ request, principal: who, interaction, named, code, status }, parts);
  return {
    kind: 'sealed',
    sealed: await sealAnswer({ answer: renderOutcome(stopped.error), record }, parts),
  };
}
