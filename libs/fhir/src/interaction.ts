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
  | { readonly kind: 'search-type'; readonly type: string; readonly search: SearchRequest };

/** The FHIR codes of the interactions. */
export type InteractionKind = Interaction['kind'];
