import fc from 'fast-check';
import { AbiCoder, keccak256 } from 'ethers';
import { commitmentOf, granteeOf } from './commitment.js';
import type { GrantWord, Hex, Terms } from './chain-terms.js';
import { decodeGrantWord, encodeGrantWord, windowOf } from './grant-word.js';

const word = fc.record({
  kind: fc.constantFrom('none', 'permit', 'deny', 'revoked'),
  from: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  to: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  epoch: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  version: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  commitmentLow: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
}) satisfies fc.Arbitrary<GrantWord>;
const hex32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes): Hex => `0x${Buffer.from(bytes).toString('hex')}`);

describe('grant word', () => {
  it('comes back as it was packed', () => {
    fc.assert(fc.property(word, (value) => expect(decodeGrantWord(encodeGrantWord(value))).toEqual(value)));
  });

  it('has the members where the contract has them', () => {
    const packed = encodeGrantWord({
      kind: 'permit',
      from: 2,
      to: 3,
      epoch: 4,
      version: 5,
      commitmentLow: 6n,
    });
    const digits = ['01', '00000002', '00000003', '00000004', '000005', '6'.padStart(32, '0')].join('');
    expect(packed.toString(16).padStart(64, '0')).toBe(digits);
  });

  it('refuses an unknown kind and members that do not fit', () => {
    expect(() => decodeGrantWord(9n << 248n)).toThrow(expect.objectContaining({ code: 'invalid-value' }));
    expect(() => encodeGrantWord({ ...decodeGrantWord(0n), version: 2 ** 24 })).toThrow(
      expect.objectContaining({ code: 'invalid-value' }),
    );
  });

  it('reads 0 as an open end', () => {
    expect(windowOf({ from: 0, to: 0 })).toEqual({ from: -Infinity, to: Infinity });
    expect(windowOf({ from: 7, to: 9 })).toEqual({ from: 7000, to: 9000 });
  });
});

describe('commitmentOf', () => {
  const terms = fc.record({
    vocabulary: hex32,
    grantee: hex32,
    classes: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
    purposes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    consentHash: hex32,
    salt: hex32,
  }) satisfies fc.Arbitrary<Terms>;

  it('is keccak-256 of abi.encode, as ethers computes it', () => {
    const types = ['bytes32', 'bytes32', 'uint256', 'uint64', 'bytes32', 'bytes32'];
    fc.assert(
      fc.property(terms, (value) => {
        const words = [
          value.vocabulary,
          value.grantee,
          value.classes,
          value.purposes,
          value.consentHash,
          value.salt,
        ];
        expect(commitmentOf(value)).toBe(keccak256(AbiCoder.defaultAbiCoder().encode(types, words)));
      }),
    );
  });

  it('refuses a purpose beyond 64 bits', () => {
    const sample = fc.sample(terms, 1)[0];
    if (sample === undefined) throw new Error('no sample');
    expect(() => commitmentOf({ ...sample, purposes: 1n << 64n })).toThrow(
      expect.objectContaining({ code: 'invalid-value' }),
    );
  });

  it('hashes the actor string as UTF-8', () => {
    expect(granteeOf('client:demo-app')).toBe(keccak256(Buffer.from('client:demo-app')));
  });
});
