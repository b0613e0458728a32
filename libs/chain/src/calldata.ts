import { Interface } from 'ethers';
import type { GrantOp, Hex } from '#consent';
import { anchorRegistry } from './generated/anchor-registry.js';
import { consentRegistry } from './generated/consent-registry.js';
import { asHex } from './hex.js';
import type { LogKeys } from './identity.js';
import type { HeadMessage } from './typed-data.js';

const consents = new Interface(consentRegistry.abi);
const anchors = new Interface(anchorRegistry.abi);

/** ERC-7913 signer bytes and what they signed. */
export interface Signed {
  readonly signer: Hex;
  readonly signature: Hex;
}

/** Signed ops on their way to the chain. */
export interface SignedOps extends Signed {
  readonly deadline: bigint;
  readonly ops: readonly GrantOp[];
}

/** A delegate's rights, window and version. */
export interface DelegateSetting {
  readonly signerHash: Hex;
  readonly rights: number;
  readonly from: number;
  readonly to: number;
  readonly version: number;
  readonly deadline: bigint;
}

function consentCall(name: string, values: readonly unknown[]): Hex {
  return asHex(consents.encodeFunctionData(name, values));
}

function anchorCall(name: string, values: readonly unknown[]): Hex {
  return asHex(anchors.encodeFunctionData(name, values));
}

/** Calldata of `ConsentRegistry`, by function. */
export const consentCalls = {
  open: (signerHash: Hex, salt: Hex): Hex => consentCall('open', [signerHash, salt]),
  openAndApply: (salt: Hex, signed: SignedOps): Hex =>
    consentCall('openAndApply', [salt, signed.deadline, signed.ops, signed.signer, signed.signature]),
  applyOps: (subject: Hex, ops: readonly GrantOp[]): Hex => consentCall('applyOps', [subject, ops]),
  applySigned: (subject: Hex, signed: SignedOps): Hex =>
    consentCall('applySigned', [subject, signed.deadline, signed.ops, signed.signer, signed.signature]),
  revokeAll: (subject: Hex, lock: boolean): Hex => consentCall('revokeAll', [subject, lock]),
  revokeAllSigned: (subject: Hex, lock: boolean, by: Signed): Hex =>
    consentCall('revokeAllSigned', [subject, lock, by.signer, by.signature]),
  setDelegateSigned: (subject: Hex, set: DelegateSetting, by: Signed): Hex =>
    consentCall('setDelegateSigned', [
      subject,
      set.signerHash,
      set.rights,
      set.from,
      set.to,
      set.version,
      set.deadline,
      by.signer,
      by.signature,
    ]),
  rotateSigned: (
    subject: Hex,
    rotation: { readonly newSignerHash: Hex; readonly deadline: bigint },
    by: Signed,
  ): Hex =>
    consentCall('rotateSigned', [
      subject,
      rotation.newSignerHash,
      rotation.deadline,
      by.signer,
      by.signature,
    ]),
  finishRotation: (subject: Hex): Hex => consentCall('finishRotation', [subject]),
  unlockSigned: (subject: Hex, deadline: bigint, by: Signed): Hex =>
    consentCall('unlockSigned', [subject, deadline, by.signer, by.signature]),
  finishUnlock: (subject: Hex): Hex => consentCall('finishUnlock', [subject]),
  veto: (subject: Hex): Hex => consentCall('veto', [subject]),
  vetoSigned: (subject: Hex, by: Signed): Hex =>
    consentCall('vetoSigned', [subject, by.signer, by.signature]),
} as const;

/** Calldata of `AnchorRegistry`, by function. */
export const anchorCalls = {
  openLog: (log: LogKeys): Hex => anchorCall('openLog', [log.salt, log.admin, log.operator, log.vkeyHash]),
  anchor: (head: HeadMessage, proof: readonly Hex[], signature: Hex): Hex =>
    anchorCall('anchor', [head.logId, head.size, head.root, head.aux, proof, signature]),
  reportFork: (a: HeadMessage & { signature: Hex }, b: HeadMessage & { signature: Hex }): Hex =>
    anchorCall('reportFork', [a.logId, a.size, a.root, a.aux, a.signature, b.root, b.aux, b.signature]),
  rotate: (
    logId: Hex,
    key: { readonly operator: Hex; readonly vkeyHash: Hex; readonly fromSize: bigint },
  ): Hex => anchorCall('rotate', [logId, key.operator, key.vkeyHash, key.fromSize]),
} as const;

/** An error of one of the contracts. */
export interface ContractFault {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Decodes revert data of either contract; `undefined` where it is neither's. */
export function contractFaultOf(data: Hex): ContractFault | undefined {
  for (const each of [consents, anchors]) {
    const parsed = each.parseError(data);
    if (parsed !== null) return { name: parsed.name, args: [...parsed.args] };
  }
  return undefined;
}
