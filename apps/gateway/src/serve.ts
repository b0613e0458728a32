import { bodyKind, negotiate, queryPairs, recognise, type FhirRequest } from '#fhir';
import { identified, sealRefusal, type Incoming, type SealedAnswer, type Served } from '#http';
import { GatewayError } from '#outcome';
import type { DataInteraction, Recognised } from './exchange.js';
import type { Ended } from './line.js';
import type { Parts } from './parts.js';
import { runLine } from './steps.js';

/** A line that gave no answer. */
type Stopped = Exclude<Ended<unknown>, { kind: 'go' | 'answered' }>;

const TRIES = 3;

/**
 * Runs a request through the line of its interaction, and seals whatever comes out once the caller is known.
 * Never throws but for `seal-unavailable`, the constant 503 of an answer that cannot be sealed.
 */
export async function serve(request: Incoming, parts: Parts): Promise<Served> {
  try {
    return await answerTo(request, parts);
  } finally {
    parts.admission.leave(request);
  }
}

async function answerTo(request: Incoming, parts: Parts): Promise<Served> {
  const recognised = tryRecognise(request, parts);
  if (recognised.kind === 'unrecognised') {
    const stopped = { error: recognised.error, interaction: 'unrecognised', named: [] };
    return sealRefusal(request, await identified(request, parts), stopped, parts);
  }
  const { interaction } = recognised;
  const ended = await tryLine({ request, interaction }, parts);
  if (ended.kind === 'answered') return { kind: 'sealed', sealed: ended.sealed };
  return ended.kind === 'go' ? { kind: 'sealed', sealed: ended.state } : stop(ended, parts);
}

/** Runs the line until no step asks for another try. What a guard removed is one incident, however often it did. */
async function tryLine(recognised: Recognised, parts: Parts): Promise<Ended<SealedAnswer>> {
  let ended = await runLine(recognised, parts);
  let removed = 0;
  for (let tries = 1; ended.kind === 'retry'; tries += 1) {
    if (removed === 0 && ended.removed > 0) {
      ({ removed } = ended);
      const { requestId } = recognised.request;
      parts.incident('guard-removed', { requestId, removed: String(removed) });
    }
    if (tries === TRIES) break;
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    ended = await runLine(recognised, parts);
  }
  return ended;
}

type Attempt =
  | { readonly kind: 'recognised'; readonly interaction: DataInteraction }
  | { readonly kind: 'unrecognised'; readonly error: unknown };

function tryRecognise(request: Incoming, parts: Parts): Attempt {
  try {
    const asked = fhirRequestOf(request);
    negotiate(request.accept, formatOf(asked));
    const interaction = recognise(asked, {
      ...parts.limits.pages,
      lenient: request.prefer?.includes('handling=lenient') === true,
    });
    if (interaction.kind === 'capabilities') throw new GatewayError('method-not-allowed');
    return { kind: 'recognised', interaction };
  } catch (error) {
    return { kind: 'unrecognised', error };
  }
}

/** A search by POST is a form; any other body is no search. What is written is read later. Throws `unsupported-media`. */
function fhirRequestOf({ method, path, query, body, contentType }: Incoming): FhirRequest {
  if (method !== 'POST' || !path.endsWith('/_search')) return { method, path, query };
  if (bodyKind(contentType) !== 'form') throw new GatewayError('unsupported-media');
  return { method, path, query, form: Buffer.from(body).toString('utf8') };
}

function formatOf({ query, form = '' }: FhirRequest): string | undefined {
  return [...queryPairs(query), ...queryPairs(form)].find(([name]) => name === '_format')?.[1];
}

/** A line that a step refused, in which one failed, or that would have to be asked too often. */
async function stop(ended: Stopped, parts: Parts): Promise<Served> {
  const { request, interaction, principal, named = [] } = ended.at;
  const who = principal ?? (await identified(request, parts));
  return sealRefusal(request, who, { error: errorOf(ended), interaction: interaction.kind, named }, parts);
}

function errorOf(ended: Stopped): unknown {
  switch (ended.kind) {
    case 'refuse':
      return new GatewayError(ended.code);
    case 'fail':
      return ended.error;
    case 'retry':
      return new GatewayError('overloaded', { retryAfterS: 1 });
    default:
      return ended satisfies never;
  }
}
