import { HDNodeWallet } from 'ethers';
import { asHex } from './hex.js';
import { Node } from './node.js';
import { checkChain, type GateOptions } from './start-gate.js';
import { makePatient } from './testing/patient.js';
import { MemoryProjectionStore } from './testing/memory-projection-store.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';

const CLIENT = 'besu/v26.1.0';
const stop = (found: string) => ({ severity: 'stop', kind: 'development-chain', found });

describe('checkChain in production', () => {
  let chain: TestChain;
  let options: Omit<GateOptions, 'node'>;

  /** The node of the tests under another name; without its tools, where told. */
  const another = (tools: boolean) => {
    const call = async (method: string, params: readonly unknown[]) => {
      if (method === 'web3_clientVersion') return CLIENT;
      return chain.rpc.call(method === 'anvil_nodeInfo' && !tools ? 'no_suchMethod' : method, params);
    };
    return new Node({ call });
  };

  beforeAll(async () => {
    chain = await startTestChain();
    const { address: contract, codeHash } = chain.contracts.consentRegistry;
    const genesisHash = (await chain.node.header(0n))?.hash ?? '0x';
    const pinned = { chainId: String(chain.chainId), genesisHash, contract, codeHash };
    options = { store: new MemoryProjectionStore(), pinned, production: true };
  });
  afterAll(async () => {
    await chain.stop();
  });

  it('refuses a development node, whatever it calls itself', async () => {
    const rewritten = stop('a node that anybody may rewrite');
    expect(await checkChain({ ...options, node: another(true) })).toEqual([rewritten]);
    expect(await checkChain({ ...options, node: chain.node })).toMatchObject([
      { kind: 'development-chain', found: expect.stringMatching(/^anvil/) },
      rewritten,
    ]);
    expect(await checkChain({ ...options, node: chain.node, production: false })).toEqual([]);
  });

  it('refuses accounts whose keys everybody has, and takes others on another client', async () => {
    const node = another(false);
    expect(await checkChain({ ...options, node, accounts: [makePatient().address] })).toEqual([]);
    const phrase = `${'test '.repeat(11)}junk`;
    const known = Array.from({ length: 10 }, (_, index) =>
      asHex(HDNodeWallet.fromPhrase(phrase, undefined, `m/44'/60'/0'/0/${index}`).address),
    );
    expect(await checkChain({ ...options, node, accounts: known })).toEqual(known.map(stop));
  });
});
