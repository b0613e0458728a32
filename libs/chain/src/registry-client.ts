import { id } from 'ethers';
import { GatewayError } from '#outcome';
import type { Hex, Terms } from '#consent';
import { asHex, numberAt, word } from './hex.js';
import { encodeTerms } from './identity.js';
import type { BlockId, Node } from './node.js';
import { decodeDelegateWord, type DelegateWord } from './delegate-word.js';

/** A subject's head, decoded. */
export interface SubjectHead {
  /** Low 160 bits of the signer hash; 0 where the subject is not open. */
  readonly controller: bigint;
  readonly epoch: number;
  readonly keyEpoch: number;
  readonly locked: boolean;
  /** Number of deny words. */
  readonly denies: number;
}

/** What waits for its delay. Times in unix seconds, 0 = nothing. */
export interface PendingChange {
  readonly newSignerHash: Hex;
  readonly rotateAt: number;
  readonly unlockAt: number;
  readonly round: number;
}

/** Whom and what a view is asked about. */
export interface TermsQuestion {
  readonly subject: Hex;
  readonly grantId: Hex;
  readonly terms: Terms;
  readonly grantee: Hex;
  readonly class: number;
  readonly purpose: number;
  /** Unix seconds; judged at the later of this and the block's time. */
  readonly at: number;
}

const selector = (signature: string): string => id(signature).slice(0, 10);

const STATES = selector('states(bytes32,bytes32[])');
const CHECK = selector('check(bytes32,bytes32,bytes32)');
const TERMS = selector(
  'termsInForce(bytes32,bytes32,(bytes32,bytes32,uint256,uint64,bytes32,bytes32),bytes32,uint8,uint8,uint64)',
);
const DELEGATE = selector('delegateOf(bytes32,bytes32)');
const PENDING = selector('pendingOf(bytes32)');

const ANSWERS = ['no', 'yes', 'undetermined'] as const;
const HEAD_WORDS = 5;

/** Ids per `states` call. */
export const MAX_STATES = 500;

/**
 * The views of a `ConsentRegistry`. Coded by hand: an ABI library costs more than the call. Not for the decision, which is
 * made on the local projection; for start-up samples, auditors and fallback. Throws `RpcError`.
 */
export class RegistryClient {
  readonly contract: Hex;
  readonly #node: Node;

  constructor(node: Node, contract: Hex) {
    this.#node = node;
    this.contract = asHex(contract, 20);
  }

  /** Head and grant words, in the order of `grantIds`; 0 where there is none. */
  async states(
    subject: Hex,
    grantIds: readonly Hex[],
    block: BlockId = 'latest',
  ): Promise<{ readonly head: SubjectHead; readonly words: readonly bigint[] }> {
    if (grantIds.length > MAX_STATES) throw new GatewayError('internal', { details: 'too many ids' });
    const ids = grantIds.map((each) => asHex(each, 32).slice(2)).join('');
    const data = `${STATES}${bytes32(subject)}${word(0x40)}${word(grantIds.length)}${ids}`;
    const reply = await this.#node.view(this.contract, asHex(data), block);
    const words = grantIds.map((_, index) => numberAt(reply, HEAD_WORDS + 2 + index));
    return { head: decodeHead(reply), words };
  }

  /** The head alone. */
  async head(subject: Hex, block: BlockId = 'latest'): Promise<SubjectHead> {
    return (await this.states(subject, [], block)).head;
  }

  /** Whether a grant with this commitment is in force now, and as what. */
  async check(subject: Hex, grantId: Hex, commitment: Hex): Promise<'none' | 'permit' | 'deny'> {
    const data = `${CHECK}${bytes32(subject)}${bytes32(grantId)}${bytes32(commitment)}`;
    const answer = numberAt(await this.#node.view(this.contract, asHex(data)), 0);
    if (answer === 1n) return 'permit';
    return answer === 2n ? 'deny' : 'none';
  }

  /** The contract's own judgement. It discloses the terms to the node: one's own nodes only. */
  async termsInForce(question: TermsQuestion): Promise<'no' | 'yes' | 'undetermined'> {
    const data =
      `${TERMS}${bytes32(question.subject)}${bytes32(question.grantId)}${encodeTerms(question.terms)}` +
      `${bytes32(question.grantee)}${word(question.class)}${word(question.purpose)}${word(question.at)}`;
    const answer = numberAt(await this.#node.view(this.contract, asHex(data)), 0);
    return ANSWERS[Number(answer)] ?? 'no';
  }

  /** A delegate's word; `undefined` where there is none. */
  async delegate(subject: Hex, signerHash: Hex): Promise<DelegateWord | undefined> {
    const data = `${DELEGATE}${bytes32(subject)}${bytes32(signerHash)}`;
    const reply = numberAt(await this.#node.view(this.contract, asHex(data)), 0);
    return reply === 0n ? undefined : decodeDelegateWord(reply);
  }

  /** What waits for its delay; `round` is needed to sign a rotation, an unlocking or a veto. */
  async pending(subject: Hex): Promise<PendingChange> {
    const reply = await this.#node.view(this.contract, asHex(`${PENDING}${bytes32(subject)}`));
    return {
      newSignerHash: asHex(`0x${word(numberAt(reply, 0))}`, 32),
      rotateAt: Number(numberAt(reply, 1)),
      unlockAt: Number(numberAt(reply, 2)),
      round: Number(numberAt(reply, 3)),
    };
  }
}

function bytes32(value: Hex): string {
  return asHex(value, 32).slice(2);
}

function decodeHead(reply: Hex): SubjectHead {
  return {
    controller: numberAt(reply, 0),
    epoch: Number(numberAt(reply, 1)),
    keyEpoch: Number(numberAt(reply, 2)),
    locked: (numberAt(reply, 3) & 1n) === 1n,
    denies: Number(numberAt(reply, 4)),
  };
}
