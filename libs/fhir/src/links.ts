import type { Interaction } from './interaction.js';
import { CURSOR_PARAMETER } from './parse-search.js';
import { writePairs } from './query-pairs.js';

/** Interactions that answer with pages. */
export type PagedInteraction = Extract<Interaction, { readonly kind: 'search-type' | 'history-instance' }>;

/**
 * The self link of a page: what was understood of what the client sent, and nothing that the server added.
 * @param base absolute base of the API, without a slash at the end.
 * @see https://hl7.org/fhir/R4/search.html#conformance
 */
export function selfLink(base: string, interaction: PagedInteraction): string {
  return link(base, interaction, interaction.search.cursor);
}

/** The link to the page that a cursor stands for. */
export function nextLink(base: string, interaction: PagedInteraction, cursor: string): string {
  return link(base, interaction, cursor);
}

function link(base: string, interaction: PagedInteraction, cursor: string | undefined): string {
  const paging = cursor === undefined ? [] : [[CURSOR_PARAMETER, cursor] as const];
  const query = writePairs([...interaction.search.used, ...paging]);
  const path =
    interaction.kind === 'search-type'
      ? interaction.type
      : `${interaction.ref.type}/${interaction.ref.id}/_history`;
  return query === '' ? `${base}/${path}` : `${base}/${path}?${query}`;
}
