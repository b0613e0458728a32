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
export { plainSender, type MappedCode, type SenderProfile } from './v2/sender-profile.js';
export type { PatientMerge, V2Normalised } from './v2/normalised-message.js';
export type { Cell, Segment, V2Message, V2Parsed } from './v2/message/message.js';
export { parseMessage } from './v2/message/parse-message.js';
export { splitBatch } from './v2/message/split-batch.js';
export { answerTo, type Answering } from './v2/answer/answer-to.js';
export { verdictOf, type Accepted, type AnswerFault, type Verdict } from './v2/answer/verdict.js';
export { normaliseV2 } from './v2/normalise-v2.js';
export { routeOf } from './v2/route-of.js';
