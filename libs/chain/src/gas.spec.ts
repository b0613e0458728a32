import { getCreateAddress } from 'ethers';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { hashNode } from '#provenance';
import type { GrantOp, Hex } from '#consent';
import { anchorCalls, consentCalls, type Signed } from './calldata.js';
import { asHex, word } from './hex.js';
import { logIdOf, signerHashOf, subjectId } from './identity.js';
import { p256Key, p256Sign, passkeySign } from './testing/p256.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';
import { addressOf, opsDigest, signHead, signOps, signSubject } from './typed-data.js';

const GOLDEN = path.join(import.meta.dirname, '..', '..', '..', 'test', 'golden', 'gas.json');
const DEADLINE = 4_000_000_000n;

/** 32 bytes without zeros, the same each time: a zero byte of calldata costs less. */
const fixed = (seed: number): Hex => asHex(`0x${(0x11 + seed).toString(16).padStart(2, '0').repeat(32)}`, 32);
const account = (seed: number) => ({ key: fixed(seed), address: addressOf(fixed(seed)) });

const roots = new Map<number, Uint8Array>([[1, Buffer.alloc(32, 0x77)]]);

/** Root of a tree whose leaves are all the same: it depends on the size alone. */
function rootOf(size: number): Uint8Array {
  const known = roots.get(size);
  if (known !== undefined) return known;
  const left = largestPowerBelow(size);
  const root = hashNode(rootOf(left), rootOf(size - left));
  roots.set(size, root);
  return root;
}

function largestPowerBelow(size: number): number {
  return 2 ** Math.ceil(Math.log2(size) - 1);
}

/** RFC 9162 2.1.4.1 over that tree. */
function proofOf(from: number, size: number, complete = true): Uint8Array[] {
  if (from === size) return complete ? [] : [rootOf(size)];
  const left = largestPowerBelow(size);
  if (from <= left) return [...proofOf(from, left, complete), rootOf(size - left)];
  return [...proofOf(from - left, size - left, false), rootOf(left)];
}

/** The registry deployed its verifiers itself, with its first two nonces. */
function verifiersOf(registry: Hex): readonly [p256: Hex, webAuthn: Hex] {
  const at = (nonce: number): Hex => asHex(getCreateAddress({ from: registry, nonce }).toLowerCase(), 20);
  return [at(1), at(2)];
}

const hexOf = (bytes: Uint8Array): Hex => asHex(`0x${Buffer.from(bytes).toString('hex')}`, 32);

const op = (id: number, change: Partial<GrantOp> = {}): GrantOp => ({
  grantId: fixed(id),
  commitment: fixed(50),
  kind: 1,
  from: 1_700_000_000,
  to: 1_900_000_000,
  version: 1,
  ...change,
});

const batch = (count: number, start: number, kind: 1 | 3 = 1): GrantOp[] =>
  Array.from({ length: count }, (_, index) => op(start + index, { kind }));

describe('gas', () => {
  let chain: TestChain;
  const deployer = account(1);
  const relayer = account(2);
  const alice = account(3);
  const operator = account(4);
  const measured: Record<string, number> = {};

  const consent = () => chain.contracts.consentRegistry.address;
  const anchors = () => chain.contracts.anchorRegistry.address;
  const measure = async (name: string, to: Hex, data: Hex): Promise<void> => {
    const receipt = await chain.node.receipt(await chain.send(to, data));
    expect({ name, succeeded: receipt?.succeeded }).toEqual({ name, succeeded: true });
    measured[name] = Number(receipt?.gasUsed);
  };
  const signed = (subject: Hex, ops: readonly GrantOp[], epoch = 0) => {
    const message = { subject, epoch, keyEpoch: 0, deadline: DEADLINE, ops };
    const signature = signOps(alice.key, { chainId: chain.chainId, contract: consent() }, message);
    return { deadline: DEADLINE, ops, signer: alice.address, signature };
  };

  beforeAll(async () => {
    chain = await startTestChain({ chainId: 1_234_567_890, deployer, relayer });
  });
  afterAll(async () => {
    await chain.stop();
  });

  const measureDirect = async (): Promise<void> => {
    const signerHash = signerHashOf(relayer.address);
    const subject = subjectId(signerHash, fixed(10));
    await measure('open', consent(), consentCalls.open(signerHash, fixed(10)));
    await measure('grant', consent(), consentCalls.applyOps(subject, [op(11)]));
    await measure('revoke', consent(), consentCalls.applyOps(subject, [op(11, { kind: 3 })]));
    await measure('grant x10', consent(), consentCalls.applyOps(subject, batch(10, 20)));
    await measure('grant x50', consent(), consentCalls.applyOps(subject, batch(50, 60)));
    await measure('revoke x50', consent(), consentCalls.applyOps(subject, batch(50, 60, 3)));
    await measure('revoke all', consent(), consentCalls.revokeAll(subject, false));
  };
  const measureRelayed = async (): Promise<void> => {
    const subject = subjectId(signerHashOf(alice.address), fixed(10));
    const first = consentCalls.openAndApply(fixed(10), signed(subject, [op(11)]));
    await measure('open and grant, relayed', consent(), first);
    await measure('grant, relayed', consent(), consentCalls.applySigned(subject, signed(subject, [op(12)])));
    const revoke = signed(subject, [op(12, { kind: 3 })]);
    await measure('revoke, relayed', consent(), consentCalls.applySigned(subject, revoke));
    await measure(
      'grant x50, relayed',
      consent(),
      consentCalls.applySigned(subject, signed(subject, batch(50, 60))),
    );
    const setting = {
      signerHash: signerHashOf(relayer.address),
      rights: 31,
      from: 0,
      to: 0,
      version: 1,
      deadline: DEADLINE,
    };
    const message = { kind: 'set-delegate' as const, subject, epoch: 0, keyEpoch: 0, ...setting };
    const signature = signSubject(alice.key, { chainId: chain.chainId, contract: consent() }, message);
    const by = { signer: alice.address, signature };
    await measure('set delegate, relayed', consent(), consentCalls.setDelegateSigned(subject, setting, by));
    await measure('grant by a delegate', consent(), consentCalls.applyOps(subject, [op(13)]));
  };
  const measureP256 = async (name: string, verifier: Hex, sign: (digest: Hex) => Hex): Promise<void> => {
    const signer = asHex(`${verifier}${p256Key(0xbeefn).slice(2)}`, 84);
    const subject = subjectId(signerHashOf(signer), fixed(10));
    await chain.send(consent(), consentCalls.open(signerHashOf(signer), fixed(10)));
    const message = { subject, epoch: 0, keyEpoch: 0, deadline: DEADLINE, ops: [op(11)] };
    const digest = opsDigest({ chainId: chain.chainId, contract: consent() }, message);
    const by: Signed = { signer, signature: sign(digest) };
    await measure(
      name,
      consent(),
      consentCalls.applySigned(subject, { ...by, deadline: DEADLINE, ops: [op(11)] }),
    );
  };
  /** `by`: who operates the log. The relayer sends his own heads, and brings those that another signed. */
  const measureAnchors = async (exponent: number, by: typeof operator): Promise<void> => {
    const how = by === relayer ? '' : ', relayed';
    const keys = {
      salt: fixed(exponent),
      admin: relayer.address,
      operator: by.address,
      vkeyHash: fixed(9),
    };
    const logId = logIdOf(keys);
    await measure('open log', anchors(), anchorCalls.openLog(keys));
    const call = (size: number, proof: readonly Uint8Array[]): Hex => {
      const head = { logId, size: BigInt(size), root: hexOf(rootOf(size)), aux: fixed(8) };
      const signature = signHead(by.key, { chainId: chain.chainId, contract: anchors() }, head);
      return anchorCalls.anchor(head, proof.map(hexOf), by === relayer ? '0x' : signature);
    };
    const size = 2 ** exponent;
    await measure(`first anchor${how}`, anchors(), call(size - 1, []));
    const longest = proofOf(size - 1, size + 1);
    expect(longest).toHaveLength(exponent + 2);
    await measure(`anchor at 2^${exponent}, longest proof${how}`, anchors(), call(size + 1, longest));
  };

  it('of every operation is what the golden file says', async () => {
    await measureDirect();
    await measureRelayed();
    const [p256, webAuthn] = verifiersOf(consent());
    await measureP256('grant, relayed, P-256', p256, (digest) => {
      const { r, s } = p256Sign(0xbeefn, digest);
      return asHex(`0x${word(r)}${word(s)}`, 64);
    });
    await measureP256('grant, relayed, passkey', webAuthn, (digest) => passkeySign(0xbeefn, digest));
    for (const exponent of [10, 20, 30]) {
      await measureAnchors(exponent, relayer);
      await measureAnchors(exponent, operator);
    }
    const golden: unknown = JSON.parse(await readFile(GOLDEN, 'utf8').catch(() => '{}'));
    if (JSON.stringify(golden) !== JSON.stringify(measured)) {
      process.stderr.write(`${JSON.stringify(measured, undefined, 2)}\n`);
    }
    expect(measured).toEqual(golden);
  }, 120_000);
});
