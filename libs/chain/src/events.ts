import { id } from 'ethers';
import type { Hex, RegistryEvent } from '#consent';
import { asHex, numberAt, wordAt } from './hex.js';
import type { ChainLog } from './node.js';

const topic = (signature: string): Hex => asHex(id(signature), 32);

const CONSENT = topic('Consent(bytes32,bytes32,uint256,bytes32,bytes32)');
const SUBJECT = topic('Subject(bytes32,bytes32,uint32)');
const REVOKED_ALL = topic('RevokedAll(bytes32,uint32,bool)');
const DELEGATE_SET = topic('DelegateSet(bytes32,bytes32,uint256)');

/** Topics of the four events that rebuild every word of a `ConsentRegistry`. */
export const REGISTRY_TOPICS: readonly Hex[] = [CONSENT, SUBJECT, REVOKED_ALL, DELEGATE_SET];

/** Topic of `Anchored`. */
export const ANCHORED_TOPIC = topic('Anchored(bytes32,uint64,uint64,bytes32,bytes32,bytes32,uint64)');

/** Decodes a log of a `ConsentRegistry`; `undefined` for an event that is none of the four. */
export function decodeRegistryEvent(log: ChainLog): RegistryEvent | undefined {
  const [kind, subject, second] = log.topics;
  if (subject === undefined) return undefined;
  const at = { logIndex: log.logIndex, transaction: log.transaction, subject };
  switch (kind ?? '0x') {
    case CONSENT:
      return {
        ...at,
        kind: 'consent',
        grantId: asHex(second, 32),
        state: numberAt(log.data, 0),
        commitment: wordAt(log.data, 1),
        by: wordAt(log.data, 2),
      };
    case SUBJECT:
      return {
        ...at,
        kind: 'subject',
        signerHash: wordAt(log.data, 0),
        keyEpoch: Number(numberAt(log.data, 1)),
      };
    case REVOKED_ALL:
      return {
        ...at,
        kind: 'revoked-all',
        epoch: Number(numberAt(log.data, 0)),
        locked: numberAt(log.data, 1) === 1n,
      };
    case DELEGATE_SET:
      return { ...at, kind: 'delegate', signerHash: asHex(second, 32), state: numberAt(log.data, 0) };
    default:
      return undefined;
  }
}
