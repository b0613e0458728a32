import { GatewayError } from '#outcome';
import type { EntryClass, SubjectDraft } from '#provenance';
import type { OperationRole, Principal } from '#smart';
import type { z } from 'zod';
import { identified } from './identified.js';
import type { Incoming } from './incoming.js';
import type { PipelineParts } from './pipeline-parts.js';
import { actorOf, opOf, requestOf } from './record-heads.js';
import { renderJson } from './render-json.js';
import { sealRefusal } from './seal-refusal.js';
import type { SealedAnswer, Served } from './served.js';

/** Times that an operation is handled, where others change who is who meanwhile. */
const TRIES = 5;

/** What an operation gives: the answer, the rows to change with its record, and whom it concerned. */
export interface Outcome<Change> {
  readonly status: number;
  /** JSON text, or what becomes it. */
  readonly body: unknown;
  readonly class: EntryClass;
  readonly subjects: readonly SubjectDraft[];
  readonly writes: readonly Change[];
  /** Done once the record is durable, before the answer leaves: the record may say more than happened, never less. */
  readonly committed?: () => Promise<void> | void;
}

/**
 * An operation of Proviso's own API: named, under its own scope, its input parsed once. `Change` is the store's union of row
 * changes, `Parts` what its application is made of.
 */
export interface Operation<Input, Change, Parts extends PipelineParts<Change>> {
  readonly name: string;
  /** The role that the token must carry, granted by the scope that goes with it; `undefined`: any token. */
  readonly role: OperationRole | undefined;
  readonly input: z.ZodType<Input>;
  /** Let in whatever else the client has open: what takes access away never waits. */
  readonly urgent?: true;
  readonly handle: (input: Input, principal: Principal, parts: Parts) => Promise<Outcome<Change>>;
}

/** Runs an operation: who, may he, parse, handle, seal with the rows. Refusals are sealed as well. */
export async function operate<Input, Change, Parts extends PipelineParts<Change>>(
  operation: Operation<Input, Change, Parts>,
  request: Incoming,
  raw: () => unknown,
  parts: Parts,
): Promise<Served> {
  const principal = await identified(request, parts);
  const stop = (error: unknown) =>
    sealRefusal(request, principal, { error, interaction: operation.name, named: [] }, parts);
  if (principal instanceof GatewayError) return stop(principal);
  try {
    if (operation.role !== undefined && !principal.roles.includes(operation.role)) {
      throw new GatewayError('scope-insufficient');
    }
    if (operation.urgent !== true) parts.admission.enter(principal.client, request);
    const input = parse(operation.input, raw());
    return { kind: 'sealed', sealed: await sealed(operation, { request, principal, input }, parts) };
  } catch (error) {
    return await stop(error);
  } finally {
    parts.admission.leave(request);
  }
}

/** Handles and seals. What was judged by who is who, and met a change of it, is handled anew: nothing was written yet. */
async function sealed<Input, Change, Parts extends PipelineParts<Change>>(
  operation: Operation<Input, Change, Parts>,
  { request, principal, input }: { request: Incoming; principal: Principal; input: Input },
  parts: Parts,
): Promise<SealedAnswer> {
  for (let tries = 1; ; tries += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one try after the other
    const outcome = await operation.handle(input, principal, parts);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      return await sealOutcome(operation, { request, principal, outcome }, parts);
    } catch (error) {
      const overtaken = error instanceof GatewayError && error.code === 'version-conflict';
      const judged = outcome.writes.some(parts.isJudged);
      if (!overtaken || !judged || tries === TRIES) throw error;
    }
  }
}

function parse<Input>(input: z.ZodType<Input>, raw: unknown): Input {
  const parsed = input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const expression = parsed.error.issues.slice(0, 10).map(({ path }) => path.join('.') || 'body');
  throw new GatewayError('invalid-value', { expression, details: 'The body does not fit its schema.' });
}

async function sealOutcome<Change>(
  operation: { readonly name: string },
  done: { request: Incoming; principal: Principal; outcome: Outcome<Change> },
  parts: PipelineParts<Change>,
): Promise<SealedAnswer> {
  const { request, principal, outcome } = done;
  const answer = renderJson(outcome.status, outcome.body);
  const record = {
    class: outcome.class,
    op: { ...opOf(operation.name, parts), outcome: 'permit', status: answer.status, block: null },
    actor: actorOf(principal),
    request: requestOf(request),
    subjects: outcome.subjects,
  };
  const [seal] = await parts.log.append([{ record, writes: outcome.writes }]);
  if (seal === undefined) throw new GatewayError('seal-unavailable', { retryAfterS: 1 });
  await outcome.committed?.();
  return { answer, seal };
}
