import type { JsonObject, JsonValue } from '#digest';
import { isObject, listOf, textOf } from '#fhir';
import type { NormaliseIssue } from '../normalised.js';

/** A resource as it stood in a payload. */
export interface Entry {
  readonly type: string;
  readonly key: string;
  readonly resource: JsonObject;
  readonly fullUrl: string | undefined;
  readonly path: string;
}

/** The resources of a payload and what was wrong with the rest. */
export interface Entries {
  readonly entries: readonly Entry[];
  readonly issues: readonly NormaliseIssue[];
}

const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const MAX_KEY = 256;

/** Splits a payload: the entries of a Bundle, or the one resource that it is. */
export function entriesOf(payload: JsonValue): Entries {
  const type = isObject(payload) ? textOf(payload, 'resourceType') : undefined;
  if (!isObject(payload) || type === undefined) {
    return refuse('not-a-resource', undefined, '$this');
  }
  if (type !== 'Bundle') {
    return entryOf(payload, undefined, type);
  }
  const parts = listOf(payload.entry).map((item, at) => splitEntry(item, `Bundle.entry[${at}]`));
  return { entries: parts.flatMap((part) => part.entries), issues: parts.flatMap((part) => part.issues) };
}

function splitEntry(item: JsonValue, path: string): Entries {
  if (!isObject(item) || !isObject(item.resource)) {
    return refuse('not-a-resource', undefined, path);
  }
  return entryOf(item.resource, textOf(item, 'fullUrl'), `${path}.resource`);
}

function entryOf(resource: JsonObject, fullUrl: string | undefined, path: string): Entries {
  const type = textOf(resource, 'resourceType');
  if (type === 'OperationOutcome') {
    return { entries: [], issues: [{ severity: 'information', code: 'outcome', type, expression: path }] };
  }
  if (type === undefined || !TYPE.test(type) || type === 'Bundle') {
    return refuse('not-a-resource', undefined, path);
  }
  const key = textOf(resource, 'id');
  if (key === undefined || key === '' || key.length > MAX_KEY) {
    return refuse('no-id', type, path);
  }
  return { entries: [{ type, key, resource, fullUrl, path }], issues: [] };
}

function refuse(code: NormaliseIssue['code'], type: string | undefined, expression: string): Entries {
  return { entries: [], issues: [{ severity: 'error', code, type, expression }] };
}
