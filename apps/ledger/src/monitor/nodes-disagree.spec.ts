import { confirmed } from './confirmed.js';
import { Integrity } from './integrity.js';
import { nodesDisagreeCheck } from './nodes-disagree.js';
import { FakeChain, hash } from './testing/fake-chain.js';

const three = () => [new FakeChain(), new FakeChain(), new FakeChain()] as const;

describe('nodes-disagree', () => {
  it('finds nothing while all nodes have the same block, one of them behind and one silent', async () => {
    const nodes = three();
    nodes[1].tip = 4n;
    nodes[2].isSilent = true;
    expect(await nodesDisagreeCheck(nodes, { depth: 0 }).look()).toEqual([]);
  });

  it('names the block and who gives which hash', async () => {
    const nodes = three();
    nodes[0].tip = 8n;
    nodes[1].hashOf = (number) => (number < 6n ? hash(`block ${number}`) : hash(`lie ${number}`));
    expect(await nodesDisagreeCheck(nodes, { depth: 2 }).look()).toEqual([
      { kind: 'nodes-disagree', block: 6n, groups: [[0, 2], [1]] },
    ]);
    expect(await nodesDisagreeCheck(nodes, { depth: 3 }).look()).toEqual([]);
  });

  it('asks for the block that all nodes call final', async () => {
    const nodes = three();
    nodes[1].hashOf = (number) => (number < 7n ? hash(`block ${number}`) : hash(`lie ${number}`));
    nodes[2].finalDepth = 3n;
    expect(await nodesDisagreeCheck(nodes, 'finalized').look()).toMatchObject([{ block: 7n }]);
    nodes[2].finalDepth = 4n;
    expect(await nodesDisagreeCheck(nodes, 'finalized').look()).toEqual([]);
  });

  it('is confirmed on a chain that moves, and is one incident however long it lasts', async () => {
    const nodes = three();
    nodes[1].hashOf = (number) => hash(`lie ${number}`);
    const raised: string[] = [];
    const integrity = new Integrity({
      raised: ({ kind }) => raised.push(kind),
      settled: ({ kind }) => raised.push(`no more ${kind}`),
      stopped: () => undefined,
    });
    const check = confirmed(nodesDisagreeCheck(nodes, { depth: 2 }));
    for (let round = 0; round < 4; round += 1) {
      integrity.take(check.name, await check.look());
      for (const node of nodes) node.tip += 3n;
    }
    expect(raised).toEqual(['nodes-disagree']);
  });

  it('says nothing where fewer than two answer', async () => {
    const nodes = three();
    nodes[0].isSilent = true;
    nodes[1].isSilent = true;
    expect(await nodesDisagreeCheck(nodes, { depth: 0 }).look()).toEqual([]);
    expect(await nodesDisagreeCheck([], { depth: 0 }).look()).toEqual([]);
  });
});
