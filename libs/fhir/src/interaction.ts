import type { SearchRequest } from './search-request.js';

/** A reference to a resource of this store. */
export interface ResourceRef {
  readonly type: string;
  readonly id: string;
}

/**
 * What a request asks of the FHIR API.
 * @see https://hl7.org/fhir/R4/http.html
 */
export type Interaction =
  | { readonly kind: 'capabilities' }
  | { readonly kind: 'read'; readonly ref: ResourceRef }
  | { readonly kind: 'vread'; readonly ref: ResourceRef; readonly versionId: string }
  | { readonly kind: 'history-instance'; readonly ref: ResourceRef; readonly search: SearchRequest }
  | { readonly kind: 'search-type'; readonly type: string; readonly search: SearchRequest }
  | WriteInteraction;

/** What changes a resource. The body is no part of it: what is asked for is told by method and path alone. */
export type WriteInteraction =
  | { readonly kind: 'create'; readonly type: string }
  | { readonly kind: 'update'; readonly ref: ResourceRef }
  | { readonly kind: 'patch'; readonly ref: ResourceRef }
  | { readonly kind: 'delete'; readonly ref: ResourceRef };

/** The FHIR codes of the interactions. */
export type InteractionKind = Interaction['kind'];

/** The codes of those that change a resource. */
export const WRITE_KINDS = [
  'create',
  'update',
  'patch',
  'delete',
] as const satisfies readonly WriteInteraction['kind'][];

/** Whether an interaction changes a resource. */
export function isWrite(interaction: Interaction): interaction is WriteInteraction {
  return WRITE_KINDS.some((kind) => kind === interaction.kind);
}
