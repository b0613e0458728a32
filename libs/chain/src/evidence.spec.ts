import { keccak256 } from 'ethers';
import { collectEvidence } from './evidence.js';
import { Node } from './node.js';
import { randomHex } from './testing/keys.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';

describe('collectEvidence', () => {
  let chain: TestChain;

  /** Evidence of a transaction, where the block's fields are changed on their way. */
  async function evidenceOf(change: object) {
    const transaction = await chain.send(chain.relayer.address, '0x');
    const { address: contract, codeHash } = chain.contracts.anchorRegistry;
    const call = async (method: string, params: readonly unknown[]) => {
      const answer = await chain.rpc.call(method, params);
      return method === 'eth_getBlockByHash' ? { ...Object(answer), ...change } : answer;
    };
    const anchored = { chainId: chain.chainId, contract, codeHash, logId: randomHex(), transaction };
    return collectEvidence(new Node({ call }), anchored);
  }

  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain.stop();
  });

  it('holds the header that hashes to the block, and the storage proof under its state root', async () => {
    const evidence = await evidenceOf({});
    expect(keccak256(evidence?.header ?? '0x')).toBe(evidence?.blockHash);
    expect(evidence?.proof?.storageProof).toHaveLength(2);
  });

  it.each([
    ['has seals that are not hashed', { extraData: '0x5ea1ed' }],
    ['lacks a field that we know', { mixHash: undefined }],
  ])('does without a header that %s', async (_what, change) => {
    const evidence = await evidenceOf(change);
    expect(evidence).toMatchObject({
      header: undefined,
      blockHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
    expect(evidence?.proof?.storageProof).toHaveLength(2);
  });
});
