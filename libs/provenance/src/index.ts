export { assembleBundle, type BundleSources } from './assemble-bundle.js';
export { buildRecord, type Assigned, type BuiltPart, type BuiltRecord } from './build-record.js';
export {
  BUNDLE_FORMAT,
  type BindingProof,
  type Bundle,
  type BundleAnchor,
  type BytesSalt,
  type ErasedPart,
  type ErasureNotice,
  type Opening,
  type ResourceProof,
  type SubEntryProof,
} from './bundle.js';
export { bundleJson, parseBundle, writeBundle } from './bundle-text.js';
export type { Check } from './check.js';
export { parseCheckpointText, writeCheckpointText, type CheckpointText } from './checkpoint.js';
export { decodeEntry, ENTRY_BYTES, gatewayKeyId, type Entry, type RecordSigner } from './entry.js';
export { counterFaults, type CounterFaults, type CounterGap } from './counter-gaps.js';
export { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.js';
export { erasedLeaf, erasedTree } from './erased-tree.js';
export { appendLeaves, EMPTY_FRONTIER, frontierRoot, type Frontier, type NodeSink } from './frontier.js';
export { parseNote, writeNote, type Note, type NoteSignature } from './note.js';
export {
  addSignatures,
  checkpointSigner,
  isOfKey,
  signCheckpoint,
  verifySignature,
  type CheckpointSigner,
} from './note-signature.js';
export { openFittingPart, type FittingPart } from './open-fitting-part.js';
export { openPart } from './part.js';
export {
  hasQuorum,
  type GatewayKey,
  type LogKey,
  type PinnedChain,
  type PinnedContract,
  type Policy,
  type Witness,
  type WitnessGroup,
} from './policy.js';
export { parsePolicy } from './policy-text.js';
export type {
  Anchor,
  AnchorState,
  AppendItem,
  FollowedPart,
  Follower,
  KeyScope,
  KeyVault,
  LogStore,
  OpenedGroup,
  OpenedRecord,
  TreeHead,
} from './ports.js';
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
export { provenanceId } from './provenance-id.js';
export { readAccess, type Access, type AccessedResource, type AccessSubject } from './read-access.js';
export { auditEventId, recordedAccess, type RecordedAccess } from './recorded-access.js';
export { rawPublicKey, recordSigner } from './record-signer.js';
export {
  SaidGroups,
  type AccessActor,
  type DecisionSaid,
  type ItemSaid,
  type OpSaid,
  type SubjectSaid,
} from './said-groups.js';
export { Seal } from './seal.js';
export { sealCommitted } from './seal-committed.js';
export { parseTilePath, TILE_HEIGHT, TILE_WIDTH, tilePath, tileWidth, type TileName } from './tile-path.js';
export { consistencyProof, inclusionProof, rootFromTiles, type TileReader } from './tile-proof.js';
export { parseTlogProof, writeTlogProof, type TlogProof } from './tlog-proof.js';
export { EMPTY_ROOT, HASH_BYTES, hashLeaf, hashNode, sameBytes } from './tree-hash.js';
export type { AnchorFinding } from './verify-anchors.js';
export { verifyBundle, type Verdict } from './verify-bundle.js';
export { checkCheckpoint, type CheckedCheckpoint } from './verify-checkpoint.js';
export { isSignedByGateway } from './verify-entry.js';
export { verifyLog, type LogReport } from './verify-log.js';
export { checkOpenings } from './verify-openings.js';
export {
  verifyConsistency,
  verifyInclusion,
  type ConsistencyClaim,
  type InclusionClaim,
} from './verify-proof.js';
export type { VerifyOptions } from './verify-record.js';
export {
  encodeVkey,
  noteKeyId,
  noteKeyOf,
  parseVkey,
  SIGNATURE_TYPE,
  verifyingKey,
  type NoteKey,
  type SignatureType,
} from './vkey.js';
export { writePolicy } from './write-policy.js';
