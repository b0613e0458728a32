import { GatewayError, outcomeOfError } from '#outcome';
import { ENTRY_CLASS, type EntryClass, type SubjectDraft } from '#provenance';
import type { OperationRole, Principal } from '#smart';
import type { RowChange } from '#store';
import type { z } from 'zod';
import type { Incoming, Rendered, SealedAnswer } from './exchange.js';
import type { Parts } from './parts.js';
import { actorOf, opOf, recordOfRefusal, requestOf } from './record-of.js';
import { renderOutcome } from './render-outcome.js';
import type { Served } from './serve.js';

/** What an operation gives: the answer, the rows to change with its record, and whom it concerned. */
export interface Outcome {
  readonly status: number;
  /** JSON text, or what becomes it. */
  readonly body: unknown;
  readonly class: EntryClass;
  readonly subjects: readonly SubjectDraft[];
  readonly writes: readonly RowChange[];
  /** Done once the record is durable, before the answer leaves: the record may say more than happened, never less. */
  readonly committed?: () => Promise<void> | void;
}

/** An operation of Proviso's own API: named, under its own scope, its input parsed once. */
export interface Operation<Input> {
  readonly name: string;
  /** The role that the token must carry, granted by the scope that goes with it; `undefined`: any token. */
  readonly role: OperationRole | undefined;
  readonly input: z.ZodType<Input>;
  readonly handle: (input: Input, principal: Principal, parts: Parts) => Promise<Outcome>;
}

/** Runs an operation: who, may he, parse, handle, seal with the rows. Refusals are sealed as well. */
export async function operate<Input>(
  operation: Operation<Input>,
  request: Incoming,
  raw: () => unknown,
  parts: Parts,
): Promise<Served> {
  const principal = await identified(request, parts);
  if (principal instanceof GatewayError) {
    return { kind: 'unidentified', answer: renderOutcome(principal), code: principal.code };
  }
  try {
    if (operation.role !== undefined && !principal.roles.includes(operation.role)) {
      throw new GatewayError('scope-insufficient');
    }
    const outcome = await operation.handle(parse(operation, raw()), principal, parts);
    return { kind: 'sealed', sealed: await sealOutcome(operation, { request, principal, outcome }, parts) };
  } catch (error) {
    return refuse(operation, { request, principal, error }, parts);
  }
}

/** The caller, or the error that says why there is none. */
export async function identified(request: Incoming, parts: Parts): Promise<Principal | GatewayError> {
  try {
    return await parts.authenticate(request.authorization);
  } catch (error) {
    return error instanceof GatewayError ? error : new GatewayError('internal', { cause: error });
  }
}

function parse<Input>(operation: Operation<Input>, raw: unknown): Input {
  const parsed = operation.input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const expression = parsed.error.issues.slice(0, 10).map(({ path }) => path.join('.') || 'body');
  throw new GatewayError('invalid-value', { expression, details: 'The body does not fit its schema.' });
}

async function sealOutcome<Input>(
  operation: Operation<Input>,
  done: { request: Incoming; principal: Principal; outcome: Outcome },
  parts: Parts,
): Promise<SealedAnswer> {
  const { request, principal, outcome } = done;
  const answer: Rendered = {
    status: outcome.status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: Buffer.from(typeof outcome.body === 'string' ? outcome.body : JSON.stringify(outcome.body), 'utf8'),
  };
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

async function refuse<Input>(
  operation: Operation<Input>,
  refused: { request: Incoming; principal: Principal; error: unknown },
  parts: Parts,
): Promise<Served> {
  const { code, status } = outcomeOfError(refused.error);
  if (code === 'seal-unavailable') throw refused.error;
  if (code === 'internal')
    parts.incident(code, { requestId: refused.request.requestId, cause: String(refused.error) });
  const { request, principal } = refused;
  const record = await recordOfRefusal(
    { request, principal, interaction: operation.name, named: [], code, status },
    parts,
  );
  const [seal] = await parts.log.append([{ record: { ...record, class: ENTRY_CLASS.access }, writes: [] }]);
  if (seal === undefined) throw new GatewayError('seal-unavailable', { retryAfterS: 1 });
  return { kind: 'sealed', sealed: { answer: renderOutcome(refused.error), seal } };
}
