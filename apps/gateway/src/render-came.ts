import { etagOf } from '#fhir';
import { renderError, type Rendered } from '#http';
import { ERRORS, type ErrorCode, GatewayError } from '#outcome';
import type { KeyedWrite, SettledVersion } from '#store';
import { isReadable } from './is-readable.js';
import type { Parts } from './parts.js';
import { renderWrite } from './render-write.js';
import type { VendorCame } from './vendor-writes.js';
import type { Accepted } from './writing.js';

/** By it a client names a write of which nobody knows the end. */
export const WRITE_REFERENCE = 'x-write-reference';
/** Until then it will have been looked up, if its source answers. */
const RETRY_S = 30;

/** What a client is told of a write at its source. */
export function renderCame(state: Accepted, came: VendorCame, parts: Parts): Rendered {
  switch (came.kind) {
    case 'done':
      return renderWrite(
        { ...state, version: came.version, readable: mayRead(state, came.version, parts) },
        parts,
      );
    case 'refused':
      return renderError(new GatewayError(came.code));
    case 'not-written':
      return renderError(new GatewayError(came.code, { retryAfterS: came.retryAfterS ?? RETRY_S }));
    case 'unknown':
      return renderError(new GatewayError(came.code, { retryAfterS: RETRY_S }));
    default:
      return came satisfies never;
  }
}

/** The source may have made something else of it than what was judged. */
function mayRead(state: Accepted, version: SettledVersion, parts: Parts): boolean {
  const held = new Map(state.ruleSets.map((set) => [set.person, set]));
  return state.readable && (version.deleted || isReadable(state, judgedAs(state, version), held, parts));
}

function judgedAs({ persons }: Accepted, version: SettledVersion) {
  const patients = version.patients.map(({ patient }) => ({ patient, person: persons.get(patient) }));
  return { ...version, patients };
}

/** The code by which an earlier try of the same request is told of that did not change anything, or of which nobody knows yet. */
export function codeOfEarlier({ answer }: Pick<KeyedWrite, 'answer'>): ErrorCode {
  if (answer === undefined) return 'overloaded';
  return isErrorCode(answer.reason) ? answer.reason : 'internal';
}

/** What became of an earlier try of the same request, as it is told again. Its body is not shown again: the version is there to be read. */
export function renderAgain(
  state: Pick<Accepted, 'interaction'>,
  write: KeyedWrite,
  parts: Pick<Parts, 'fhirBase'>,
): Rendered {
  const { id, versionId, status = 0 } = write.answer ?? {};
  if (write.state !== 'done' || id === undefined || versionId === undefined) return renderUndone(write);
  const location = `${parts.fhirBase}/${write.target.type}/${id}/_history/${versionId}`;
  const isMade = state.interaction.kind === 'create';
  const headers = { etag: etagOf(versionId), ...(isMade ? { location } : {}) };
  return { status, headers, body: new Uint8Array() };
}

/** An earlier try that changed nothing is refused again; of one that may have, the client is asked to wait, by its reference. */
export function renderUndone(write: KeyedWrite): Rendered {
  const code = codeOfEarlier(write);
  if (write.answer !== undefined) return renderError(new GatewayError(code));
  const { status, headers, body } = renderError(new GatewayError(code, { retryAfterS: RETRY_S }));
  return { status, headers: { ...headers, [WRITE_REFERENCE]: write.id }, body };
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(ERRORS, code);
}
