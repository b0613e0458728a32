export { FhirSource } from './fhir-source.js';
export { loadAssertionKey, type AssertionKey } from './auth/assertion.js';
export { loadSourceProfiles, type SourceProfile } from './load-source-profiles.js';
export { isSenderOf, sourceOfMessage, sourcesOfPeer } from './source-of-message.js';
export { V2Profile } from './v2-profile.js';
export { senderOf, SenderProfileJson } from './sender-profile-schema.js';
export { SYSTEM_PACE, type Pace } from './pace.js';
export type {
  PullResult,
  Source,
  SourceChange,
  SourceFault,
  SourceFinding,
  SourceHeld,
  SourcePatient,
  SourcePayload,
  SourceWritten,
} from './source.js';
export { inNamesOf, namesIn, typesReferred, type SourceName, type SourceNames } from './source-names.js';
export { WRITE_KEYS } from './vendor-writer.js';
export { VendorProfile } from './vendor-profile.js';
export type {
  Accepted,
  DeliveredResource,
  Delivery,
  InboxIssue,
  InboxOutcome,
  IntakeSink,
  Lineage,
} from './intake-sink.js';
export { deliveryOf, type Asked, type Prepared } from './delivery-of.js';
export { ReadThrough, type ReadThroughParts, type Refreshed } from './read-through.js';
export { MllpServer, type MllpAddress, type MllpServerOptions } from './mllp/mllp-server.js';
export type { MllpHandler, MllpPeer, MllpRefusal } from './mllp/mllp-handler.js';
export { frameOf } from './mllp/frame-reader.js';
