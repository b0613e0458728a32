import { judge } from '#consent';
import { parseStrict, type JsonObject } from '#digest';
import { applyPatch, isObject, type PatchOperation } from '#fhir';
import { GatewayError } from '#outcome';
import type { Stored } from '#store';
import { judgedOf } from '../judged-of.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { beforeOf, type Owned, type Revised, type Revision } from '../writing.js';

/**
 * What is to stand there. Throws `gone` where it was deleted, `precondition` where another version is there than the client
 * says. A patch tells by how it fails what stands there, so that it needs the word to read as well.
 */
export async function revise<State extends Owned>(
  state: State,
  parts: Parts,
): Promise<Advance<State & Pick<Revised, 'revision'>>> {
  const before = beforeOf(state);
  if (before?.deleted === true) throw new GatewayError('gone');
  if (before?.versionId !== state.expected) throw new GatewayError('precondition');
  if (state.sent.kind === 'patch' && !isReadable(state, before)) {
    return { kind: 'refuse', code: 'consent-denied', at: state };
  }
  return go({ ...state, revision: revisionOf(state, before, parts) });
}

function isReadable({ permit, ruleSets }: Owned, before: Stored | undefined): boolean {
  const held = new Map(ruleSets.map((set) => [set.person, set]));
  return (
    before !== undefined && judge(judgedOf(before), held, { ...permit.predicate, action: 'access' }).visible
  );
}

function revisionOf({ sent }: Owned, before: Stored | undefined, parts: Parts): Revision {
  if (sent.kind === 'resource') {
    const id = before?.id ?? parts.newId(parts.clock());
    return { kind: 'content', resource: { ...sent.resource, id } };
  }
  if (before === undefined) throw new GatewayError('not-found');
  return sent.kind === 'nothing'
    ? { kind: 'deletion', before }
    : { kind: 'content', resource: patched(before, sent.operations) };
}

/** Throws `profile-invalid` where the patch does not apply, or would make it another resource. */
function patched({ bytes, type, id }: Stored, operations: readonly PatchOperation[]): JsonObject {
  const content = parseStrict(bytes);
  const resource = applyPatch(isObject(content) ? content : {}, operations);
  if (resource['resourceType'] === type && resource['id'] === id) return resource;
  throw new GatewayError('profile-invalid', { expression: [`${type}.id`] });
}
