import { commitmentOf, decodeGrantWord, type GrantOp, type Hex } from '#consent';
import { consentCalls, contractFaultOf } from './calldata.js';
import { signerHashOf } from './identity.js';
import { revertDataOf } from './node.js';
import { RegistryClient } from './registry-client.js';
import { makeAccount, randomHex } from './testing/keys.js';
import { makePatient, makePermit, makeTerms, signedOpen, type TestPatient } from './testing/patient.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';
import { signOps, signSubject, verifyOps, verifySubject, type SubjectMessage } from './typed-data.js';
import { RIGHTS } from './delegate-word.js';

const DEADLINE = 4_000_000_000n;

describe('ConsentRegistry, through its client', () => {
  let chain: TestChain;
  let client: RegistryClient;
  let patient: TestPatient;

  const contract = (): Hex => chain.contracts.consentRegistry.address;
  const domain = () => ({ chainId: chain.chainId, contract: contract() });
  const open = (ops: readonly GrantOp[]) => chain.send(contract(), signedOpen(patient, domain(), ops));
  const epochs = async () => {
    const { epoch, keyEpoch } = await client.head(patient.subject);
    return { subject: patient.subject, epoch, keyEpoch };
  };
  const sign = (message: SubjectMessage, by: { key: Hex; address: Hex } = patient) => ({
    signer: by.address,
    signature: signSubject(by.key, domain(), message),
  });
  const succeeded = async (data: Hex): Promise<boolean> => {
    const receipt = await chain.node.receipt(await chain.send(contract(), data));
    return receipt?.succeeded ?? false;
  };

  beforeAll(async () => {
    chain = await startTestChain();
    client = new RegistryClient(chain.node, contract());
  });
  afterAll(async () => {
    await chain.stop();
  });
  beforeEach(() => {
    patient = makePatient();
  });

  it('takes what a person signed, and gives its words back', async () => {
    const terms = makeTerms();
    const op = makePermit(terms, { from: 10, to: 3_000_000_000, version: 2 });
    await open([op]);
    const { head, words } = await client.states(patient.subject, [op.grantId, randomHex()]);
    expect(head).toEqual({
      controller: BigInt(patient.signerHash) & ((1n << 160n) - 1n),
      epoch: 0,
      keyEpoch: 0,
      locked: false,
      denies: 0,
    });
    expect(words[1]).toBe(0n);
    expect(decodeGrantWord(words[0] ?? 0n)).toEqual({
      kind: 'permit',
      from: 10,
      to: 3_000_000_000,
      epoch: 0,
      version: 2,
      commitmentLow: BigInt(op.commitment) & ((1n << 128n) - 1n),
    });
    expect(await client.check(patient.subject, op.grantId, commitmentOf(terms))).toBe('permit');
    expect(await client.check(patient.subject, op.grantId, randomHex())).toBe('none');
  });

  it('judges disclosed terms', async () => {
    const terms = makeTerms({ classes: 1n << 255n, purposes: 1n << 63n });
    const op = makePermit(terms, { to: 3_000_000_000 });
    const deny = { ...makePermit(makeTerms()), kind: 2 as const };
    await open([op]);
    const question = {
      subject: patient.subject,
      grantId: op.grantId,
      terms,
      grantee: terms.grantee,
      class: 255,
      purpose: 63,
      at: 0,
    };
    expect(await client.termsInForce(question)).toBe('yes');
    expect(await client.termsInForce({ ...question, class: 254 })).toBe('no');
    expect(await client.termsInForce({ ...question, at: 3_000_000_000 })).toBe('no');
    await open([deny]);
    expect(await client.termsInForce(question)).toBe('undetermined');
    expect((await client.head(patient.subject)).denies).toBe(1);
  });

  it('takes every message of a subject that this library signs', async () => {
    await open([makePermit(makeTerms())]);
    const guardian = makeAccount();
    const next = makeAccount();
    const setting = {
      signerHash: signerHashOf(guardian.address),
      rights: RIGHTS.veto | RIGHTS.revokeAll,
      from: 0,
      to: 0,
      version: 1,
      deadline: DEADLINE,
    };
    const set = { ...(await epochs()), kind: 'set-delegate' as const, ...setting };
    expect(await succeeded(consentCalls.setDelegateSigned(patient.subject, setting, sign(set)))).toBe(true);
    expect(await client.delegate(patient.subject, setting.signerHash)).toMatchObject({
      rights: setting.rights,
      version: 1,
    });
    const lock = { ...(await epochs()), kind: 'revoke-all' as const, lock: true };
    expect(await succeeded(consentCalls.revokeAllSigned(patient.subject, true, sign(lock, guardian)))).toBe(
      true,
    );
    expect(await client.head(patient.subject)).toMatchObject({ locked: true, epoch: 1 });
    const { round } = await client.pending(patient.subject);
    const unlock = { ...(await epochs()), kind: 'unlock' as const, round, deadline: DEADLINE };
    expect(await succeeded(consentCalls.unlockSigned(patient.subject, DEADLINE, sign(unlock)))).toBe(true);
    const rotation = { newSignerHash: signerHashOf(next.address), deadline: DEADLINE };
    const rotate = { ...(await epochs()), kind: 'rotate' as const, round, ...rotation };
    expect(await succeeded(consentCalls.rotateSigned(patient.subject, rotation, sign(rotate)))).toBe(true);
    expect(await client.pending(patient.subject)).toMatchObject({
      newSignerHash: rotation.newSignerHash,
      round,
    });
    const veto = { ...(await epochs()), kind: 'veto' as const, round };
    expect(await succeeded(consentCalls.vetoSigned(patient.subject, sign(veto, guardian)))).toBe(true);
    expect(await client.pending(patient.subject)).toMatchObject({
      rotateAt: 0,
      unlockAt: 0,
      round: round + 1,
    });
  });

  it('verifies off chain what the contract verifies', async () => {
    const op = makePermit(makeTerms());
    const message = { ...(await epochs()), deadline: DEADLINE, ops: [op] };
    const signature = signOps(patient.key, domain(), message);
    expect(verifyOps(domain(), message, patient.address, signature)).toBe(true);
    expect(verifyOps(domain(), { ...message, epoch: 1 }, patient.address, signature)).toBe(false);
    expect(verifyOps({ ...domain(), chainId: 1n }, message, patient.address, signature)).toBe(false);
    expect(verifyOps(domain(), message, makeAccount().address, signature)).toBe(false);
    expect(verifyOps(domain(), message, patient.address, '0x00')).toBe(false);
    const all = { ...(await epochs()), kind: 'revoke-all' as const, lock: true };
    const signed = signSubject(patient.key, domain(), all);
    expect(verifySubject(domain(), all, patient.address, signed)).toBe(true);
    expect(verifySubject(domain(), { ...all, lock: false }, patient.address, signed)).toBe(false);
  });

  it('names the error of a refused call', async () => {
    const op = makePermit(makeTerms());
    await open([op]);
    const call = { from: patient.address, to: contract(), data: signedOpen(patient, domain(), [op]) };
    const error: unknown = await chain.node.estimateGas(call).catch((caught: unknown) => caught);
    expect(contractFaultOf(revertDataOf(error) ?? '0x')).toEqual({
      name: 'Stale',
      args: [op.grantId, 1n, 1n],
    });
    expect(contractFaultOf('0x12345678')).toBeUndefined();
  });
});
