import { sha256 } from '#digest';
import { etagOf, FHIR_JSON, historyBundle, matchesNone, reprDigest, searchBundle } from '#fhir';
import { renderError, type Rendered, type Sealable } from '#http';
import { GatewayError, outcomeOf } from '#outcome';
import { auditEventId } from '#provenance';
import type { Stored } from '#store';
import type { ReadInteraction, Guarded } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { recordOfAnswer } from '../record-of.js';

const CONTENT_TYPE = `${FHIR_JSON}; charset=utf-8`;

/** The answer from stored bytes, and the record that goes with it. Nothing visible is the constant 404. */
export async function render<I extends ReadInteraction>(
  state: Guarded<I>,
  parts: Parts,
): Promise<Advance<Sealable>> {
  const answer = renderAnswer(state, parts);
  if (answer.body.byteLength > parts.limits.answerBytes) throw new GatewayError('too-large');
  const record = await recordOfAnswer(state, answer, parts);
  return go({ answer: withTrail(answer, record.op.id, parts), record });
}

/** Data come with the address of the AuditEvent of this very access; to a search about several people, of the first one's. */
function withTrail(answer: Rendered, recordId: string, { fhirBase }: Parts): Rendered {
  if (answer.status >= 400) return answer;
  const event = `${fhirBase}/AuditEvent/${auditEventId(recordId, 0)}`;
  const link = `<${event}>; rel="describedby"; type="${FHIR_JSON}"`;
  return { ...answer, headers: { ...answer.headers, link } };
}

function renderAnswer(state: Guarded<ReadInteraction>, parts: Parts): Rendered {
  const { interaction } = state;
  switch (interaction.kind) {
    case 'read':
    case 'vread':
      return renderOne(state);
    case 'history-instance':
      return state.rows.length === 0 && interaction.search.cursor === undefined
        ? renderError(new GatewayError('not-found'))
        : bundle(
            historyBundle({ ...pageOf(state, parts), interaction, entries: state.rows.map(historyEntry) }),
          );
    case 'search-type':
      return bundle(
        searchBundle({
          ...pageOf(state, parts),
          interaction,
          entries: state.rows.map(({ type, id, bytes }) => ({ type, id, bytes, mode: 'match' })),
          outcome: noticeOf(state),
        }),
      );
    default:
      return interaction satisfies never;
  }
}

function renderOne(state: Guarded<ReadInteraction>): Rendered {
  const [row] = state.rows;
  if (row === undefined) return renderError(new GatewayError('not-found'));
  if (row.deleted) return renderError(new GatewayError('gone'));
  const headers = validatorsOf(row);
  if (headers.etag !== undefined && matchesNone(state.request.ifNoneMatch, row.versionId))
    return { status: 304, headers, body: new Uint8Array() };
  const digest = { 'repr-digest': reprDigest(row.digest) };
  return { status: 200, headers: { ...headers, ...digest, 'content-type': CONTENT_TYPE }, body: row.bytes };
}

/** A Patient with links has none: they come and go without a version, and whoever holds an ended one must learn of it. */
function validatorsOf({ linked, versionId, lastUpdatedMs }: Stored): {
  readonly etag?: string;
  readonly 'last-modified'?: string;
} {
  if (linked.length > 0) return {};
  return { etag: etagOf(versionId), 'last-modified': new Date(lastUpdatedMs).toUTCString() };
}

function bundle(body: Uint8Array): Rendered {
  return {
    status: 200,
    headers: { 'content-type': CONTENT_TYPE, 'repr-digest': reprDigest(sha256(body)) },
    body,
  };
}

function pageOf(state: Guarded<ReadInteraction>, parts: Parts) {
  return { base: parts.fhirBase, next: state.next, total: state.total };
}

function historyEntry({ type, id, versionId, lastUpdatedMs, deleted, bytes }: Stored) {
  return { type, id, versionId, lastUpdatedMs, bytes: deleted ? undefined : bytes };
}

/** The constant notice, and the sources that could not be asked: by name, whoever was asked for. */
function noticeOf(state: Guarded<ReadInteraction>): Uint8Array {
  const notices = state.obligations.map(({ text }) => ({
    severity: 'information',
    code: 'informational',
    details: { text },
  }));
  const partial = state.unreachable.map((source) => ({
    severity: 'warning',
    code: outcomeOf('source-unavailable').issue[0]?.code,
    details: { text: `The source ${source} could not be asked; what is stored of it is shown.` },
  }));
  return Buffer.from(
    JSON.stringify({ resourceType: 'OperationOutcome', issue: [...notices, ...partial] }),
    'utf8',
  );
}
