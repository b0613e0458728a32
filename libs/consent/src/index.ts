export {
  ALWAYS,
  ANYTHING,
  UNKNOWN,
  type ConsentCitation,
  type ConsentRules,
  type Criteria,
  type Facts,
  type Interval,
  type Rule,
  type RuleGroup,
  type RuleSet,
} from './rule.js';
export { PROVENANCE } from './targets.js';
export {
  type BlockRef,
  type ConsentAction,
  isImplied,
  type OwnAccess,
  type PolicyBasis,
  type Predicate,
  type ScopeTerm,
  type TimeBounds,
} from './request.js';
export type {
  Basis,
  Decision,
  Obligation,
  OperatePermit,
  Permit,
  ServePermit,
  SourcePermit,
  SourceWritePermit,
  SystemTask,
  WriteAction,
} from './permit.js';
export type { BlockEvents, GrantOp, GrantWord, Hex, RegistryEvent, Terms } from './chain-terms.js';
export type { ProjectionState, ProjectionStore, RegistryKey, RuleStore } from './ports.js';
export {
  bitmapOf,
  classBit,
  EVERY_CLASS,
  EVERY_PURPOSE,
  namesOf,
  purposeBit,
  VOCABULARY,
} from './vocabulary.js';
export { commitmentOf, EVERYBODY, granteeOf } from './commitment.js';
export { decodeGrantWord, encodeGrantWord, windowOf } from './grant-word.js';
export { ACTOR_SYSTEMS, SYSTEMS } from './code-systems.js';
export { timeOf } from './fhir-time.js';
export { CONSENT_LIMITS, kindOf, parseConsent, type ParsedConsent } from './parse-consent.js';
export type { Provision } from './parse-provision.js';
export { soleActor, termsOf } from './terms-of.js';
export { rulesOf, type RuleSource, UNREADABLE } from './rules-of.js';
export { buildGrantConsent, type GrantWish } from './build-grant-consent.js';
export {
  checkFiling,
  type Filing,
  FILING_BOUNDS,
  type FilingCheck,
  type FilingFault,
  type FilingFaultCode,
} from './check-filing.js';
export { servedConsent, type ServedState } from './served-consent.js';
export { gives } from './gives.js';
export { decideTrail, type TrailAsked, type TrailDecision } from './decide-trail.js';
export { AUDIT, CONSENT_ONLY, type OwnPolicy, type Policy, type Profile, SELF } from './policies.js';
export { isOwnPurpose } from './own-access.js';
export { timeBounds, type Times } from './time-bounds.js';
export { permitSource, permitTask, permitWrite, type SourceRegistration } from './make-permits.js';
export {
  actionOf,
  actorsOf,
  type AgeBy,
  agedFrom,
  type Asker,
  decide,
  type DecideInput,
  NOTICE,
  PERMIT_LIFETIME_MS,
} from './decide.js';
export { judge, type Judged, type RuleRef, type Verdict } from './judge.js';
export { guard, type Guarded, type GuardResult } from './guard.js';
export { label, type Labels } from './label.js';
export { LABEL_RULES, type LabelRule, type LabelRuleSet } from './label-rules.js';
export { factsOf, type FactsOrigin } from './facts-of.js';
export {
  distinctBases,
  isOperatePermit,
  isServePermit,
  isSourcePermit,
  isSourceWritePermit,
} from './permit.js';
