import type { NoteKey } from './vkey.js';

/** A key of a log, and the sizes [fromSize, toSize) whose checkpoints it may sign. */
export interface LogKey {
  readonly key: NoteKey;
  readonly url?: string;
  readonly fromSize: bigint;
  /** `undefined`: still in use. */
  readonly toSize?: bigint;
}

/** A witness by its name in the policy. */
export interface Witness {
  readonly name: string;
  readonly key: NoteKey;
  readonly url?: string;
}

/** A group of witnesses and groups that were defined before it. */
export interface WitnessGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** A gateway that may sign entries. */
export interface GatewayKey {
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A contract whose code is pinned. */
export interface PinnedContract {
  /** 0x and 40 lower case hex digits. */
  readonly address: string;
  /** keccak-256 of the deployed code: 0x and 64 lower case hex digits. */
  readonly codeHash: string;
}

/** A chain that may hold anchors. */
export interface PinnedChain {
  /** Decimal. */
  readonly id: string;
  /** Block hash of its first block. */
  readonly genesis: string;
  /** A development chain proves nothing to others: its anchors do not count unless the verifier is told so. */
  readonly development: boolean;
  readonly contracts: readonly PinnedContract[];
}

/** Whom a verifier trusts, and for what. */
export interface Policy {
  readonly logs: readonly LogKey[];
  readonly witnesses: readonly Witness[];
  readonly groups: readonly WitnessGroup[];
  /** Name of a witness or group, or `none`. */
  readonly quorum: string;
  readonly gateways: readonly GatewayKey[];
  readonly chains: readonly PinnedChain[];
  /** How much older than a record the block of its decision may be, in seconds. */
  readonly stalenessS?: number;
}

/** Whether the witnesses named in `cosigned` satisfy the policy's quorum. */
export function hasQuorum(policy: Policy, cosigned: ReadonlySet<string>): boolean {
  if (policy.quorum === 'none') return true;
  const satisfied = new Set(cosigned);
  // a group names only what stands before it, so that one pass is enough
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => satisfied.has(member)).length >= threshold) satisfied.add(name);
  }
  return satisfied.has(policy.quorum);
}
