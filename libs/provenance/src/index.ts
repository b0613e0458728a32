export { buildRecord, type Assigned, type BuiltPart, type BuiltRecord } from './build-record.js';
export {
  decodeEntry,
  ENTRY_BYTES,
  gatewayKeyId,
  signedMessage,
  type Entry,
  type RecordSigner,
} from './entry.js';
export { openPart } from './part.js';
export { recordSigner } from './record-signer.js';
export { parseCheckpointText, writeCheckpointText, type CheckpointText } from './checkpoint.js';
export { appendLeaves, EMPTY_FRONTIER, frontierRoot, type Frontier, type NodeSink } from './frontier.js';
export {
  checkpointSigner,
  signCheckpoint,
  verifySignature,
  type CheckpointSigner,
} from './note-signature.js';
export { parseNote, type Note } from './note.js';
export { EMPTY_ROOT, HASH_BYTES, hashLeaf, hashNode, sameBytes } from './tree-hash.js';
export { TILE_HEIGHT, TILE_WIDTH, tileWidth } from './tile-path.js';
export { consistencyProof, inclusionProof, rootFromTiles, type TileReader } from './tile-proof.js';
export { verifyConsistency, verifyInclusion } from './verify-proof.js';
export { noteKeyId, noteKeyOf, SIGNATURE_TYPE, verifyingKey, type NoteKey } from './vkey.js';
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
