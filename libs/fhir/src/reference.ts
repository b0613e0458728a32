import { isResourceType } from './resource-types.js';

/** What the text of `Reference.reference` points at. */
export type ReferenceTarget =
  | { readonly kind: 'local'; readonly type: string; readonly id: string }
  | { readonly kind: 'remote'; readonly type: string; readonly id: string; readonly url: string }
  | { readonly kind: 'contained'; readonly id: string }
  | { readonly kind: 'other'; readonly url: string };

/** A logical id. @see https://hl7.org/fhir/R4/datatypes.html#id */
export const ID = /^[A-Za-z0-9.-]{1,64}$/;

const LOCAL = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;
const HTTP = /^https?:\/\//;

/**
 * Reads a reference: `Patient/1`, `https://server/fhir/Patient/1`, `#contained`, or anything else (urn, canonical).
 * A version at the end is dropped.
 * @see https://hl7.org/fhir/R4/references.html#literal
 */
export function parseReference(text: string): ReferenceTarget {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  const local = typeAndId(text);
  if (local !== undefined) return { kind: 'local', ...local };
  if (!HTTP.test(text)) return { kind: 'other', url: text };
  const segments = text.split('/');
  const from = segments.at(-2) === '_history' ? -4 : -2;
  const remote = typeAndId(segments.slice(from).join('/'));
  return remote === undefined ? { kind: 'other', url: text } : { kind: 'remote', ...remote, url: text };
}

function typeAndId(text: string): { type: string; id: string } | undefined {
  const [, type, id] = LOCAL.exec(text) ?? [];
  return type !== undefined && id !== undefined && isResourceType(type) ? { type, id } : undefined;
}
