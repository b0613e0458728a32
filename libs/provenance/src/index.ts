export { buildRecord, type Assigned, type BuiltPart, type BuiltRecord } from './build-record.js';
export { decodeEntry, ENTRY_BYTES, gatewayKeyId, type Entry, type RecordSigner } from './entry.js';
export { openPart } from './part.js';
export { recordSigner } from './record-signer.js';
export {
  ENTRY_CLASS,
  type ActorGroup,
  type BasisCitation,
  type BlockCitation,
  type ContentItem,
  type EntryClass,
  type OpDraft,
  type RequestDraft,
  type SealableRecord,
  type SubjectDraft,
} from './record.js';
export { Seal } from './seal.js';
export { sealCommitted } from './seal-committed.js';
export type {
  Anchor,
  AnchorState,
  AppendItem,
  Follower,
  KeyScope,
  KeyVault,
  LogStore,
  OpenedGroup,
  OpenedRecord,
  TreeHead,
} from './ports.js';
