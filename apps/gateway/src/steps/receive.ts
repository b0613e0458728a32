import { parseStrict, type JsonObject, type JsonValue } from '#digest';
import {
  bodyKind,
  isObject,
  parsePatch,
  textOf,
  versionOfIfMatch,
  type BodyKind,
  type WriteInteraction,
} from '#fhir';
import type { Incoming } from '#http';
import { GatewayError } from '#outcome';
import type { Scoped } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Received } from '../writing.js';
import { typeOf } from './scope.js';

/**
 * What the client sent, read strictly, and which version it wants to change. Nothing of it depends on what is stored. Throws
 * `malformed`, `unsupported-media`, `invalid-value` where type or id do not fit the path, `precondition` without `If-Match`,
 * `not-implemented` for a conditional create.
 */
export async function receive<I extends WriteInteraction>(state: Scoped<I>): Promise<Advance<Received<I>>> {
  return go({ ...state, ...sentOf(state.interaction, state.request) });
}

function sentOf(interaction: WriteInteraction, request: Incoming): Pick<Received, 'sent' | 'expected'> {
  switch (interaction.kind) {
    case 'create':
      if (request.ifNoneExist !== undefined) {
        throw new GatewayError('not-implemented', { details: 'If-None-Exist' });
      }
      return { sent: { kind: 'resource', resource: resourceOf(interaction, request) }, expected: undefined };
    case 'update': {
      const resource = resourceOf(interaction, request);
      if (textOf(resource, 'id') !== interaction.ref.id) throw unfit(interaction, 'id');
      return { sent: { kind: 'resource', resource }, expected: expectedOf(request) };
    }
    case 'patch': {
      const operations = parsePatch(bodyOf(request, 'json-patch'));
      return { sent: { kind: 'patch', operations }, expected: expectedOf(request) };
    }
    case 'delete':
      return { sent: { kind: 'nothing' }, expected: expectedOf(request) };
    default:
      return interaction satisfies never;
  }
}

function resourceOf(interaction: WriteInteraction, request: Incoming): JsonObject {
  const resource = bodyOf(request, 'fhir-json');
  if (!isObject(resource)) throw new GatewayError('malformed', { details: 'The body is not a resource.' });
  if (textOf(resource, 'resourceType') !== typeOf(interaction)) throw unfit(interaction, 'resourceType');
  return resource;
}

function bodyOf({ body, contentType }: Incoming, kind: BodyKind): JsonValue {
  if (bodyKind(contentType) !== kind) throw new GatewayError('unsupported-media');
  return parseStrict(body);
}

/** A write that does not say what it changes could undo what it never saw. */
function expectedOf({ ifMatch }: Incoming): string {
  const expected = versionOfIfMatch(ifMatch);
  if (expected === undefined) throw new GatewayError('precondition', { details: 'If-Match is required.' });
  return expected;
}

function unfit(interaction: WriteInteraction, member: string): GatewayError {
  return new GatewayError('invalid-value', { expression: [`${typeOf(interaction)}.${member}`] });
}
