import { parseStrict, writeJson, type JsonObject, type JsonValue } from '#digest';
import { applyPatch, isObject, type PatchOperation } from '#fhir';
import { GatewayError, type ErrorCode } from '#outcome';
import type { Stored } from '#store';
import { isReadable } from '../is-readable.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { termsFor } from './scope.js';
import { beforeOf, type Owned, type Revised, type Revision } from '../writing.js';

/**
 * What is to stand there. Throws `gone` where it was deleted, `precondition` where another version is there than the client
 * says. A patch tells by how it fails what stands there, so that it needs scope and word to read as well.
 */
export async function revise<State extends Owned>(
  state: State,
  parts: Parts,
): Promise<Advance<State & Pick<Revised, 'revision'>>> {
  const before = beforeOf(state);
  if (before?.deleted === true) throw new GatewayError('gone');
  if (before?.versionId !== state.expected) throw new GatewayError('precondition');
  if (state.sent.kind === 'patch' && before !== undefined) {
    const refused = unreadable(state, before, parts);
    if (refused !== undefined) return { kind: 'refuse', code: refused, at: state };
  }
  return go({ ...state, revision: revisionOf(state, before, parts) });
}

/** Why a client may not read the version that it wants to patch. */
function unreadable(state: Owned, before: Stored, parts: Parts): ErrorCode | undefined {
  if (termsFor(state, 'read', parts).length === 0) return 'scope-insufficient';
  const held = new Map(state.ruleSets.map((set) => [set.person, set]));
  return isReadable(state, before, held, parts) ? undefined : 'consent-denied';
}

function revisionOf({ sent }: Owned, before: Stored | undefined, parts: Parts): Revision {
  if (sent.kind === 'resource') {
    const id = before?.id ?? parts.newId(parts.clock());
    return { kind: 'content', resource: { ...sent.resource, id } };
  }
  if (before === undefined) throw new GatewayError('not-found');
  return sent.kind === 'nothing'
    ? { kind: 'deletion', before }
    : { kind: 'content', resource: patched(before, sent.operations, parts.limits.writtenBytes) };
}

/** Throws `profile-invalid` where the patch does not apply, or would make it another resource. */
function patched(
  { bytes, type, id }: Stored,
  operations: readonly PatchOperation[],
  limitBytes: number,
): JsonObject {
  const content = parseStrict(bytes);
  const resource = applyPatch(isObject(content) ? content : {}, operations);
  const read = readAgain(resource, Math.max(limitBytes, bytes.byteLength));
  if (isObject(read) && read['resourceType'] === type && read['id'] === id) return read;
  throw new GatewayError('profile-invalid', { expression: [`${type}.id`] });
}

/** A patch must make nothing that could not have been sent: what is stored is read by the same rules, by everybody. */
function readAgain(resource: JsonObject, limitBytes: number): JsonValue {
  const text = Buffer.from(writeJson(resource));
  if (text.byteLength > limitBytes) throw new GatewayError('too-large');
  try {
    return parseStrict(text);
  } catch (cause) {
    throw new GatewayError('profile-invalid', { details: 'JSON Patch: what it makes cannot be read', cause });
  }
}
