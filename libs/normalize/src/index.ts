export type {
  IssueCode,
  Normalised,
  NormalisedResource,
  NormaliseContext,
  NormaliseIssue,
  Normaliser,
  ResourceFault,
  ToleratedFault,
} from './normalised.js';
export { DIALECTS, type Dialect } from './dialects.js';
export { resourceIdOf } from './resource-id.js';
export { normaliseR4 } from './vendor/normalise-r4.js';
export { zoneOffset, type ZoneOffset } from './zone-offset.js';
