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
