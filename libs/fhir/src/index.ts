export { auditEvent, type AuditEventParts } from './audit/audit-event.js';
export { auditKind, DEFINITIONS, type AuditKind } from './audit/audit-kind.js';
export { isRefused, type AuditedAccess } from './audit/audited-access.js';
export { loggedProvenance, type LoggedProvenance } from './audit/logged-provenance.js';
export {
  historyBundle,
  searchBundle,
  type HistoryBundleParts,
  type HistoryEntry,
  type SearchBundleParts,
  type SearchEntry,
} from './bundle.js';
export { capabilityStatement, type CapabilityOptions } from './capability-statement.js';
export { BEGINNING_MS, dateRange, END_MS, type DateRange } from './date-range.js';
export { etagOf, matchesNone, reprDigest, versionOfIfMatch } from './etag.js';
export {
  isWrite,
  WRITE_KINDS,
  type Interaction,
  type InteractionKind,
  type ResourceRef,
  type WriteInteraction,
} from './interaction.js';
export { applyPatch, parsePatch, type PatchOperation } from './json-patch.js';
export { isList, isObject, listOf, textOf } from './json-shape.js';
export { nextLink, selfLink, type PagedInteraction } from './links.js';
export { bodyKind, FHIR_JSON, JSON_PATCH, negotiate, type BodyKind } from './negotiate.js';
export { preferredReturn, type PreferredReturn } from './prefer.js';
export { CURSOR_PARAMETER, parseSearch, type SearchOptions } from './parse-search.js';
export { growPathTree, walkPathTree, type PathTree } from './path-tree.js';
export {
  namesSubject,
  PATIENT_TYPES,
  patientsOf,
  PROVENANCE_PATIENT,
  UNKNOWN_PATIENT,
  type PatientOf,
} from './patients.js';
export { queryPairs, writePairs, type QueryPair } from './query-pairs.js';
export { patientsNamed, recognise, type FhirRequest } from './recognise.js';
export { parseReference, type ReferenceTarget } from './reference.js';
export { DIRECTORY_TYPES, isResourceType } from './resource-types.js';
export { sameElement } from './same-element.js';
export { SEARCH_LIMITS, type PageSizes } from './search-limits.js';
export { searchParametersOf, type SearchParameter, type SearchParameterKind } from './search-parameters.js';
export type { Criterion, Prefix, SearchRequest, SearchValue, SortKey } from './search-request.js';
export { NEVER_WRITTEN, SERVED_TYPES, WRITTEN_TYPES } from './written-types.js';
export { validateResource, type ValidationIssue } from './validate-resource.js';
