import { SigningKey, TypedDataEncoder, computeAddress, recoverAddress } from 'ethers';
import type { GrantOp, Hex } from '#consent';
import { asHex } from './hex.js';

/** Which contract on which chain a signature is for. */
export interface ContractDomain {
  readonly chainId: bigint;
  readonly contract: Hex;
}

/** What every signature of a subject binds, beside chain and contract. */
export interface SubjectEpochs {
  readonly subject: Hex;
  readonly epoch: number;
  readonly keyEpoch: number;
}

/** Ops to be signed. `deadline` in unix seconds; 0 (none) for revocations alone. */
export interface OpsMessage extends SubjectEpochs {
  readonly deadline: bigint;
  readonly ops: readonly GrantOp[];
}

/** A head of a log, as the anchor's operator signs it. */
export interface HeadMessage {
  readonly logId: Hex;
  readonly size: bigint;
  readonly root: Hex;
  readonly aux: Hex;
}

/** Whatever a subject's signer may sign but ops. @see ConsentRegistry.sol */
export type SubjectMessage = SubjectEpochs &
  (
    | { readonly kind: 'revoke-all'; readonly lock: boolean }
    | {
        readonly kind: 'set-delegate';
        readonly signerHash: Hex;
        readonly rights: number;
        readonly from: number;
        readonly to: number;
        readonly version: number;
        readonly deadline: bigint;
      }
    | {
        readonly kind: 'rotate';
        readonly round: number;
        readonly newSignerHash: Hex;
        readonly deadline: bigint;
      }
    | { readonly kind: 'unlock'; readonly round: number; readonly deadline: bigint }
    | { readonly kind: 'veto'; readonly round: number }
  );

interface Field {
  name: string;
  type: string;
}

const fields = (text: string): Field[] =>
  text.split(',').map((each) => {
    const [type = '', name = ''] = each.trim().split(' ');
    return { name, type };
  });

const EPOCHS = 'bytes32 subject, uint32 epoch, uint32 keyEpoch';
const TYPES = {
  apply: {
    Apply: fields(`${EPOCHS}, uint64 deadline, Op[] ops`),
    Op: fields('bytes32 grantId, bytes32 commitment, uint8 kind, uint32 from, uint32 to, uint24 version'),
  },
  head: { Head: fields('bytes32 logId, uint64 size, bytes32 root, bytes32 aux') },
  'revoke-all': { RevokeAll: fields(`${EPOCHS}, bool lock`) },
  'set-delegate': {
    SetDelegate: fields(
      `${EPOCHS}, bytes32 signerHash, uint8 rights, uint32 from, uint32 to, uint24 version, uint64 deadline`,
    ),
  },
  rotate: { Rotate: fields(`${EPOCHS}, uint32 round, bytes32 newSignerHash, uint64 deadline`) },
  unlock: { Unlock: fields(`${EPOCHS}, uint32 round, uint64 deadline`) },
  veto: { Veto: fields(`${EPOCHS}, uint32 round`) },
};

function digest(
  domain: { name: string } & ContractDomain,
  types: Record<string, Field[]>,
  message: object,
): Hex {
  const { name, chainId, contract } = domain;
  const separator = { name, version: '1', chainId, verifyingContract: asHex(contract, 20) };
  return asHex(TypedDataEncoder.hash(separator, types, { ...message }), 32);
}

/** The EIP-712 digest that `applySigned` and `openAndApply` check. */
export function opsDigest(domain: ContractDomain, message: OpsMessage): Hex {
  return digest({ name: 'Proviso ConsentRegistry', ...domain }, TYPES.apply, message);
}

/** The digest of the other messages of a subject. */
export function subjectDigest(domain: ContractDomain, message: SubjectMessage): Hex {
  return digest({ name: 'Proviso ConsentRegistry', ...domain }, TYPES[message.kind], message);
}

/** The digest that `anchor` and `reportFork` check. */
export function headDigest(domain: ContractDomain, message: HeadMessage): Hex {
  return digest({ name: 'Proviso AnchorRegistry', ...domain }, TYPES.head, message);
}

/** Signs ops with a secp256k1 key (32 bytes). Gives 65 bytes r ‖ s ‖ v. */
export function signOps(privateKey: Hex, domain: ContractDomain, message: OpsMessage): Hex {
  return signDigest(privateKey, opsDigest(domain, message));
}

/** Signs another message of a subject. */
export function signSubject(privateKey: Hex, domain: ContractDomain, message: SubjectMessage): Hex {
  return signDigest(privateKey, subjectDigest(domain, message));
}

/** Signs a log's head as its operator. */
export function signHead(privateKey: Hex, domain: ContractDomain, message: HeadMessage): Hex {
  return signDigest(privateKey, headDigest(domain, message));
}

/** Whether `signature` over ops is by the account `signer` (20 bytes). Other kinds of signers: ask the contract. */
export function verifyOps(domain: ContractDomain, message: OpsMessage, signer: Hex, signature: Hex): boolean {
  return recoverSigner(opsDigest(domain, message), signature) === signer.toLowerCase();
}

/** Whether `signature` over a subject's message is by the account `signer` (20 bytes). */
export function verifySubject(
  domain: ContractDomain,
  message: SubjectMessage,
  signer: Hex,
  signature: Hex,
): boolean {
  return recoverSigner(subjectDigest(domain, message), signature) === signer.toLowerCase();
}

/** Signs a 32-byte digest. */
export function signDigest(privateKey: Hex, hash: Hex): Hex {
  return asHex(new SigningKey(privateKey).sign(hash).serialized, 65);
}

/** The lower-case address that signed a digest, `undefined` where the signature is malformed (also: high s). */
export function recoverSigner(hash: Hex, signature: Hex): Hex | undefined {
  try {
    return asHex(recoverAddress(hash, signature).toLowerCase(), 20);
  } catch {
    return undefined;
  }
}

/** The lower-case address of a private key. */
export function addressOf(privateKey: Hex): Hex {
  return asHex(computeAddress(new SigningKey(privateKey).publicKey).toLowerCase(), 20);
}
