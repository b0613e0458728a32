export {
  UNKNOWN,
  type ConsentCitation,
  type ConsentRules,
  type Criteria,
  type Facts,
  type Interval,
  type Rule,
  type RuleSet,
} from './rule.js';
export type { BlockRef, Predicate, ScopeTerm, TimeBounds } from './request.js';
export type {
  Basis,
  Decision,
  Obligation,
  OperatePermit,
  Permit,
  ServePermit,
  SourcePermit,
  SystemTask,
} from './permit.js';
export type { BlockEvents, GrantOp, GrantWord, Hex, RegistryEvent, Terms } from './chain-terms.js';
export type { ProjectionState, ProjectionStore, RegistryKey, RuleStore } from './ports.js';
