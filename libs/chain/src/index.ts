export type { Outbox, OutboxRequest, OutboxRow } from './outbox.js';
export { decodeDelegateWord, RIGHTS, type DelegateWord } from './delegate-word.js';
export { logIdOf, ownLogKeys, signerHashOf, subjectId, type LogKeys } from './identity.js';
export {
  addressOf,
  headDigest,
  opsDigest,
  signHead,
  signOps,
  signSubject,
  subjectDigest,
  verifyOps,
  verifySubject,
  type ContractDomain,
  type HeadMessage,
  type OpsMessage,
  type SubjectEpochs,
  type SubjectMessage,
} from './typed-data.js';
export {
  encodeStatement,
  isCountersigned,
  parseStatement,
  recoverStatement,
  signStatement,
  statementDigest,
  statementText,
  type BindingStatement,
} from './statement.js';
export {
  anchorCalls,
  consentCalls,
  contractFaultOf,
  type ContractFault,
  type DelegateSetting,
  type Signed,
  type SignedOps,
} from './calldata.js';
export { JsonRpc, type RpcOptions } from './json-rpc.js';
export type { CallOptions, Rpc } from './rpc.js';
export { RpcError, type RpcFault } from './rpc-error.js';
export {
  Node,
  revertDataOf,
  type BlockId,
  type ChainLog,
  type Header,
  type LogRange,
  type Receipt,
} from './node.js';
export {
  MAX_STATES,
  RegistryClient,
  type PendingChange,
  type SubjectHead,
  type TermsQuestion,
} from './registry-client.js';
export { AnchorClient, type AnchoredHead, type AnchoredLog } from './anchor-client.js';
export { codeHashOf, isCodeOf, type Artifact } from './artifact.js';
export {
  contractAddresses,
  deployContracts,
  type DeployedContract,
  type DeployedContracts,
} from './deploy.js';
export { deployedIn } from './deployed-in.js';
export { anchorRegistry } from './generated/anchor-registry.js';
export { consentRegistry } from './generated/consent-registry.js';
export { EmbeddedChain, type EmbeddedChainOptions } from './embedded/embedded-chain.js';
export type { ChainLogger } from './embedded/chain-supervisor.js';
export { BlockReader, READ_LIMITS, type BlockSource, type ReadLimits } from './block-reader.js';
export {
  beginProjection,
  ChainFollower,
  type Finality,
  type FollowerNotice,
  type FollowerOptions,
  type Step,
} from './follower.js';
export { checkChain, compareSample, type GateFault, type GateOptions } from './start-gate.js';
export { Relayer, type FeeOptions, type RelayerNotice, type RelayerOptions } from './relayer.js';
export { ChainAnchor, type ChainAnchorOptions } from './chain-anchor.js';
export { encodeHeader, logStorageKeys, type AnchorEvidence } from './evidence.js';
export { hasP256 } from './p256-probe.js';
export { asHex, isHex } from './hex.js';
