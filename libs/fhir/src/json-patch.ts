import { GatewayError } from '#outcome';
import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject, textOf } from './json-shape.js';
import {
  addAt,
  moveRefused,
  parsePointer,
  removeAt,
  replaceAt,
  valueAt,
  type Pointer,
} from './json-pointer.js';
import { sameValue, sizeOf } from './same-value.js';

/** One operation of a JSON Patch, read. @see https://www.rfc-editor.org/rfc/rfc6902#section-4 */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: Pointer; readonly value: JsonValue }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly path: Pointer; readonly from: Pointer };

/** Operations of a patch at most. */
const MAX_OPERATIONS = 256;
/** What `copy` may add altogether, in characters of JSON or so: copies of copies grow without bound. */
const MAX_COPIED = 1_048_576;

/**
 * Reads a JSON Patch. Members that an operation does not know are let be, as RFC 6902 says.
 * @throws GatewayError `malformed` where it is no patch, `too-large` where it has too many operations
 */
export function parsePatch(patch: JsonValue): readonly PatchOperation[] {
  if (!isList(patch)) throw new GatewayError('malformed', { details: 'JSON Patch: not a list' });
  if (patch.length > MAX_OPERATIONS) throw new GatewayError('too-large');
  return patch.map(parseOperation);
}

/**
 * Applies a patch to a resource: all of it or nothing. What no operation names stays the very same value, decimals with all
 * their digits.
 * @throws GatewayError `profile-invalid` where a place is not there, a `test` fails, or no resource is left; `too-large` where
 * copies grow too much. Neither tells a value.
 */
export function applyPatch(resource: JsonObject, patch: readonly PatchOperation[]): JsonObject {
  let document: JsonValue = resource;
  let copied = 0;
  for (const [at, operation] of patch.entries()) {
    const next: JsonValue | undefined = applied(document, operation);
    if (next === undefined) throw fault(at);
    if (operation.op === 'copy') copied += sizeOf(valueAt(document, operation.from), MAX_COPIED - copied);
    if (copied >= MAX_COPIED) throw new GatewayError('too-large');
    document = next;
  }
  if (!isObject(document)) throw fault(patch.length - 1);
  return document;
}

function parseOperation(operation: JsonValue, at: number): PatchOperation {
  const parsed = isObject(operation) ? operationOf(operation) : undefined;
  if (parsed === undefined) throw new GatewayError('malformed', { details: `JSON Patch: operation ${at}` });
  return parsed;
}

const VALUED = ['add', 'replace', 'test'] as const;
const FROM_PLACE = ['move', 'copy'] as const;

function operationOf(operation: JsonObject): PatchOperation | undefined {
  const [op, path] = [textOf(operation, 'op'), parsePointer(textOf(operation, 'path'))];
  if (path === undefined) return undefined;
  if (op === 'remove') return { op, path };
  const { value } = operation;
  const valued = VALUED.find((name) => name === op);
  if (valued !== undefined) return value === undefined ? undefined : { op: valued, path, value };
  const moving = FROM_PLACE.find((name) => name === op);
  const from = parsePointer(textOf(operation, 'from'));
  return moving === undefined || from === undefined ? undefined : { op: moving, path, from };
}

/** The document after an operation; undefined where it cannot be applied. */
function applied(document: JsonValue, operation: PatchOperation): JsonValue | undefined {
  switch (operation.op) {
    case 'add':
      return addAt(document, operation.path, operation.value);
    case 'replace':
      return replaceAt(document, operation.path, operation.value);
    case 'remove':
      return removeAt(document, operation.path);
    case 'test': {
      const found = valueAt(document, operation.path);
      return found !== undefined && sameValue(found, operation.value) ? document : undefined;
    }
    case 'copy': {
      const value = valueAt(document, operation.from);
      return value === undefined ? undefined : addAt(document, operation.path, value);
    }
    case 'move':
      return moved(document, operation);
    default:
      return operation satisfies never;
  }
}

function moved(
  document: JsonValue,
  { from, path }: { readonly from: Pointer; readonly path: Pointer },
): JsonValue | undefined {
  const value = valueAt(document, from);
  if (value === undefined || moveRefused(from, path)) return undefined;
  const without = from.length === 0 ? null : removeAt(document, from);
  return without === undefined ? undefined : addAt(without, path, value);
}

function fault(at: number): GatewayError {
  return new GatewayError('profile-invalid', { details: `JSON Patch: operation ${at} does not apply` });
}
