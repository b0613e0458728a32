import { codeHashOf, isCodeOf } from './artifact.js';
import { contractAddresses, deployContracts } from './deploy.js';
import { deployedIn } from './deployed-in.js';
import { anchorRegistry } from './generated/anchor-registry.js';
import { consentRegistry } from './generated/consent-registry.js';
import { asHex } from './hex.js';
import { Node } from './node.js';
import { RpcError } from './rpc-error.js';
import { makeAccount } from './testing/keys.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';

const EIP_170_BYTES = 24_576;

describe('deployContracts', () => {
  let chain: TestChain;
  const deployer = makeAccount();

  beforeAll(async () => {
    chain = await startTestChain({ chainId: 1_234_567_890, deployer, relayer: makeAccount() });
  });
  afterAll(async () => {
    await chain.stop();
  });

  it('puts the code of the repository at addresses that are known beforehand', async () => {
    const addresses = contractAddresses(deployer.address);
    expect(chain.contracts.consentRegistry.address).toBe(addresses.consentRegistry);
    expect(chain.contracts.anchorRegistry.address).toBe(addresses.anchorRegistry);
    const code = await chain.node.code(addresses.consentRegistry);
    expect(chain.contracts.consentRegistry.codeHash).toBe(codeHashOf(code));
    expect(isCodeOf(consentRegistry, code)).toBe(true);
    expect(isCodeOf(anchorRegistry, code)).toBe(false);
    expect(isCodeOf(consentRegistry, asHex(`${code.slice(0, 10)}00${code.slice(12)}`))).toBe(false);
    expect(consentRegistry.runtimeBytes).toBeLessThan(EIP_170_BYTES);
  });

  it('changes nothing the second time', async () => {
    const block = await chain.node.blockNumber();
    expect(await deployContracts(chain.rpc, deployer.key)).toEqual(chain.contracts);
    expect(await chain.node.blockNumber()).toBe(block);
  });

  it('finds the block of a contract again', async () => {
    const { consentRegistry: consent, anchorRegistry: anchor } = chain.contracts;
    expect(await deployedIn(chain.node, consent.address)).toBe(1n);
    expect(await deployedIn(chain.node, anchor.address)).toBe(2n);
    expect(await deployedIn(chain.node, deployer.address)).toBeUndefined();
  });

  it('says nothing of a block where the node keeps no old states', async () => {
    const pruned = new Node({
      call: (method, params) =>
        method === 'eth_getCode' && params[1] !== '0x2'
          ? Promise.reject(
              new RpcError({ kind: 'answer', code: -32_000, message: 'missing trie node', data: undefined }),
            )
          : chain.rpc.call(method, params),
    });
    expect(await deployedIn(pruned, chain.contracts.anchorRegistry.address)).toBeUndefined();
  });

  it('refuses a deployer that did something else before', async () => {
    const { key, address } = chain.relayer;
    await chain.send(address, '0x');
    await expect(deployContracts(chain.rpc, key)).rejects.toMatchObject({
      code: 'version-conflict',
      details: `the deployer ${address} used its transaction 0 for something else`,
    });
  });

  it('refuses other code in the place of a contract', async () => {
    const { address } = chain.contracts.anchorRegistry;
    const code = await chain.node.code(address);
    await chain.rpc.call('anvil_setCode', [address, '0x6001']);
    await expect(deployContracts(chain.rpc, deployer.key)).rejects.toMatchObject({
      code: 'version-conflict',
    });
    await chain.rpc.call('anvil_setCode', [address, code]);
  });
});
