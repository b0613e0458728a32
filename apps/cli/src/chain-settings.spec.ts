import { loadConfig } from '#config';
import { makeAccount } from '../../../libs/chain/src/testing/keys.js';
import { LyingNode } from '../../../libs/chain/src/testing/lying-node.js';
import { startTestChain, type TestChain } from '../../../libs/chain/src/testing/test-chain.js';
import { deployedSettings } from './chain-settings.js';

describe('deployedSettings', () => {
  let chain: TestChain;
  let honest: LyingNode;
  const deployer = makeAccount();

  beforeAll(async () => {
    chain = await startTestChain({ chainId: 1_234_567_890, deployer, relayer: makeAccount() });
    honest = await LyingNode.start(chain.rpc);
  });
  afterAll(async () => {
    await honest.stop();
    await chain.stop();
  });

  it('gives settings that a gateway takes, the same each time', async () => {
    const settings = await deployedSettings([honest.url, honest.url], deployer.key);
    expect(settings).toMatchObject({
      CHAIN_MODE: 'external',
      CHAIN_RPC_URLS: `${honest.url},${honest.url}`,
      CHAIN_ID: '1234567890',
      CHAIN_FINALITY: 'finalized',
      CHAIN_GENESIS_HASH: (await chain.node.header(0n))?.hash,
      CONSENT_REGISTRY: chain.contracts.consentRegistry.address,
      CONSENT_REGISTRY_DEPLOY_BLOCK: '1',
      CONSENT_REGISTRY_CODE_HASH: chain.contracts.consentRegistry.codeHash,
      ANCHOR_REGISTRY: chain.contracts.anchorRegistry.address,
      ANCHOR_REGISTRY_DEPLOY_BLOCK: '2',
      ANCHOR_REGISTRY_CODE_HASH: chain.contracts.anchorRegistry.codeHash,
    });
    expect(loadConfig(settings)).toMatchObject({ kind: 'ok' });
    expect(await deployedSettings([honest.url, honest.url], deployer.key)).toEqual(settings);
  });

  it.each([
    ['another chain', 'eth_chainId', () => '0x7', 'CHAIN_ID'],
    ['other code', 'eth_getCode', () => '0x6001', 'CONSENT_REGISTRY_CODE_HASH, ANCHOR_REGISTRY_CODE_HASH'],
  ])('pins nothing where a second node has %s', async (_title, lied, lie, named) => {
    const liar = await LyingNode.start(chain.rpc, ({ method }) =>
      method === lied ? { kind: 'result', result: lie() } : undefined,
    );
    await expect(deployedSettings([honest.url, liar.url], deployer.key)).rejects.toMatchObject({
      exitCode: 1,
      message: `${new URL(liar.url).host} has another ${named}; nothing is pinned.`,
    });
    await liar.stop();
  });

  it('says in a line why it cannot be done', async () => {
    await expect(deployedSettings([honest.url], makeAccount().key)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/insufficient funds/i),
    });
    await expect(deployedSettings(['http://127.0.0.1:9'], deployer.key)).rejects.toMatchObject({
      exitCode: 1,
      message: 'the chain node cannot be reached',
    });
  });
});
