export type { Interaction, InteractionKind, ResourceRef } from './interaction.js';
export type { Criterion, Prefix, SearchRequest, SearchValue, SortKey } from './search-request.js';
