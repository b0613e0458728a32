import { commitmentOf, type GrantOp, type Hex, type Terms } from '#consent';
import { consentCalls } from '../calldata.js';
import { signerHashOf, subjectId } from '../identity.js';
import { signOps, type ContractDomain } from '../typed-data.js';
import { makeAccount, randomHex, type TestAccount } from './keys.js';

/** A person with a key and a subject of her own. */
export interface TestPatient extends TestAccount {
  readonly salt: Hex;
  readonly subject: Hex;
  readonly signerHash: Hex;
}

/** Makes a person. */
export function makePatient(): TestPatient {
  const account = makeAccount();
  const salt = randomHex();
  const signerHash = signerHashOf(account.address);
  return { ...account, salt, signerHash, subject: subjectId(signerHash, salt) };
}

/** Terms of a grant to a client. */
export function makeTerms(change: Partial<Terms> = {}): Terms {
  return {
    vocabulary: randomHex(),
    grantee: randomHex(),
    classes: 1n << 3n,
    purposes: 1n << 1n,
    consentHash: randomHex(),
    salt: randomHex(),
    ...change,
  };
}

/** A permit for terms, open at both ends. */
export function makePermit(terms: Terms, change: Partial<GrantOp> = {}): GrantOp {
  return {
    grantId: randomHex(),
    commitment: commitmentOf(terms),
    kind: 1,
    from: 0,
    to: 0,
    version: 1,
    ...change,
  };
}

/** Calldata of `openAndApply` for ops that the person signed, in the first epoch. */
export function signedOpen(patient: TestPatient, domain: ContractDomain, ops: readonly GrantOp[]): Hex {
  const deadline = 4_000_000_000n;
  const message = { subject: patient.subject, epoch: 0, keyEpoch: 0, deadline, ops };
  const signature = signOps(patient.key, domain, message);
  return consentCalls.openAndApply(patient.salt, { deadline, ops, signer: patient.address, signature });
}
