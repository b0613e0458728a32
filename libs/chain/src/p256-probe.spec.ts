import type { Hex } from '#consent';
import { asHex } from './hex.js';
import { JsonRpc } from './json-rpc.js';
import { Node } from './node.js';
import { hasP256 } from './p256-probe.js';
import { LyingNode, type Lie } from './testing/lying-node.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';

describe('hasP256', () => {
  let chain: TestChain;
  let node: LyingNode;
  let rpc: JsonRpc;

  const probe = (lie?: Lie) => {
    node.lie = lie;
    return hasP256(new Node(rpc));
  };

  beforeAll(async () => {
    chain = await startTestChain();
    node = await LyingNode.start(chain.rpc);
    rpc = new JsonRpc({ urls: [node.url], timeoutMs: 5_000 });
  });
  afterAll(async () => {
    rpc.close();
    await node.stop();
    await chain.stop();
  });

  it('finds the precompile of a chain that has one, by a good signature that only it can tell from a bad one', async () => {
    expect(await probe()).toBe(true);
    const spoiled = {
      view: (to: Hex, data: Hex) => chain.node.view(to, asHex(`${data.slice(0, -1)}0`)),
    };
    expect(await hasP256(spoiled)).toBe(false);
  });

  it('finds none where the address is empty, or a call to it is refused', async () => {
    expect(await probe(() => ({ kind: 'result', result: '0x' }))).toBe(false);
    const refused = JSON.stringify({ jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'no code' } });
    expect(await probe(() => ({ kind: 'bytes', bytes: refused }))).toBe(false);
  });

  it('says nothing of a node that does not answer', async () => {
    await expect(probe(() => ({ kind: 'bytes', bytes: '<html>' }))).rejects.toMatchObject({
      code: 'consent-stale',
    });
  });
});
