import { opOf, sealAnswer, type Rendered, type SealedAnswer } from '#http';
import { GatewayError } from '#outcome';
import type { SealableRecord } from '#provenance';
import { RULES_CHANGED } from '#store';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { recordOfOutcome, withoutContent } from '../record-of-outcome.js';
import { recordOfWrite } from '../record-of-write.js';
import { renderAgain, renderCame, WRITE_REFERENCE } from '../render-came.js';
import { requestDigest } from '../request-digest.js';
import type { VendorEnd, VendorWriteAsked } from '../vendor-writes.js';
import { beforeOf, type Accepted } from '../writing.js';

const EMPTY: Rendered = { status: 202, headers: {}, body: new Uint8Array() };
/**
 * Has the source that owns the record take the write: the intent is sealed before it is asked, the outcome together with what it
 * holds then. A retry of a client under its key is answered from what became of the first.
 */
export async function writeThrough(state: Accepted, parts: Parts): Promise<Advance<SealedAnswer>> {
  const base = withoutContent(await recordOfWrite(state, { answer: EMPTY, provenance: undefined }, parts));
  let answer = EMPTY;
  const { request, principal, revision, version, source, interaction } = state;
  const asked: VendorWriteAsked = {
    permit: state.permit,
    judgedBy: state.ruleSets.map(({ person, version: at }) => ({ person, version: at })),
    source,
    interaction: interaction.kind,
    type: version.type,
    id: beforeOf(state)?.id,
    patient: subjectOf(state),
    resource: revision.kind === 'content' ? revision.resource : undefined,
    client: principal.client,
    clientKey: request.idempotencyKey,
    request: requestDigest(request),
    story: {
      intent: () => Promise.resolve({ ...base, op: { ...base.op, phase: 'intent', outcome: 'permit' } }),
      outcome: (came, leaf) => {
        answer = renderCame(state, came, parts);
        return recordOfOutcome(state, { base, came, leaf, answer }, parts);
      },
    },
  };
  try {
    const end = await parts.writes.write(asked);
    return go(await sealedOf(state, end, { base, answer }, parts));
  } catch (error) {
    const overtaken = error instanceof GatewayError && error.details === RULES_CHANGED;
    if (!overtaken) throw error;
    return { kind: 'retry', at: state, removed: 0 };
  }
}

/** Whose record it is: a source is written to about one patient. */
function subjectOf({ version }: Accepted): string {
  const [subject] = version.patients.filter(({ role }) => role === 'subject');
  if (subject === undefined)
    throw new GatewayError('invalid-value', { expression: [`${version.type}.subject`] });
  return subject.patient;
}

async function sealedOf(
  state: Accepted,
  end: VendorEnd,
  told: { readonly base: SealableRecord; readonly answer: Rendered },
  parts: Parts,
): Promise<SealedAnswer> {
  switch (end.kind) {
    case 'sealed': {
      const headers = { ...told.answer.headers, [WRITE_REFERENCE]: end.reference };
      return { answer: end.came.kind === 'done' ? told.answer : { ...told.answer, headers }, seal: end.seal };
    }
    case 'again': {
      const answer = renderAgain(state, end.write, parts);
      const op = { ...opOf(state.interaction.kind, parts), outcome: 'repeated', status: answer.status };
      const record = { ...told.base, op: { ...op, block: told.base.op.block } };
      return sealAnswer({ answer, record }, parts);
    }
    case 'other-request':
      throw new GatewayError('version-conflict', { details: 'Idempotency-Key' });
    default:
      return end satisfies never;
  }
}
