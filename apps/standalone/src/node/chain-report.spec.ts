import { JsonRpc, Node } from '#chain';
import { makeAccount } from '../../../../libs/chain/src/testing/keys.js';
import { LyingNode, type Lie } from '../../../../libs/chain/src/testing/lying-node.js';
import { startTestChain, type TestChain } from '../../../../libs/chain/src/testing/test-chain.js';
import { reportChain } from './chain-report.js';

const PRECOMPILE = /^0x0+100$/;

/** A chain from before the precompile. */
const older: Lie = ({ method, params: [call] }) =>
  method === 'eth_call' && PRECOMPILE.test(Object(call).to) ? { kind: 'result', result: '0x' } : undefined;

describe('reportChain', () => {
  let chain: TestChain;
  let liar: LyingNode;
  let rpc: JsonRpc;

  /** What is told at the start of a node whose relayer has an address, in order. */
  async function told(address = chain.relayer.address, lie?: Lie): Promise<readonly string[]> {
    const said: string[] = [];
    const note = (level: string) => (_fields: object, message: string) => said.push(`${level}: ${message}`);
    liar.lie = lie;
    await reportChain(
      { node: new Node(rpc), relayer: { address } },
      { warn: note('warn'), info: note('info') },
    );
    return said;
  }

  beforeAll(async () => {
    chain = await startTestChain();
    liar = await LyingNode.start(chain.rpc);
    rpc = new JsonRpc({ urls: [liar.url], timeoutMs: 5_000 });
  });
  afterAll(async () => {
    rpc.close();
    await liar.stop();
    await chain.stop();
  });

  it('warns of nothing where the relayer can pay and the chain has the precompile', async () => {
    expect(await told()).toEqual(['info: the chain checks P-256 by a precompile']);
  });

  it('warns of an empty account, and of a chain without the precompile', async () => {
    expect(await told(makeAccount().address, older)).toEqual([
      'warn: the relayer has no coin: nothing gets to the chain',
      'warn: the chain has no P-256 precompile: a grant by a passkey costs four times the gas',
    ]);
  });

  it('says nothing, and stops nothing, where the node does not answer', async () => {
    expect(await told(undefined, () => ({ kind: 'bytes', bytes: '' }))).toEqual([]);
  });
});
