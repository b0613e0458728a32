import { JsonRpc, Node } from '#chain';
import { LyingNode, type Lie } from '../../../../libs/chain/src/testing/lying-node.js';
import {
  makePatient,
  makePermit,
  makeTerms,
  signedOpen,
} from '../../../../libs/chain/src/testing/patient.js';
import { startTestChain, type TestChain } from '../../../../libs/chain/src/testing/test-chain.js';
import { confirmed } from './confirmed.js';
import { eventsDisagreeCheck } from './events-disagree.js';
import { nodesDisagreeCheck } from './nodes-disagree.js';

const PERMIT_TOPIC_DATA = `0x${'7'.repeat(192)}`;

/** Changes the list of logs that is answered. */
const logs =
  (change: (logs: readonly object[]) => readonly object[]): Lie =>
  ({ method, result }) =>
    method === 'eth_getLogs' && Array.isArray(result)
      ? { kind: 'result', result: change(result) }
      : undefined;

describe('events-disagree', () => {
  let chain: TestChain;
  let endpoints: readonly LyingNode[];
  let clients: readonly JsonRpc[];

  const grant = async () => {
    const [patient, { address }] = [makePatient(), chain.contracts.consentRegistry];
    await chain.send(
      address,
      signedOpen(patient, { chainId: chain.chainId, contract: address }, [makePermit(makeTerms())]),
    );
  };
  const make = (depth = 0) =>
    eventsDisagreeCheck({
      nodes: clients.map((client) => new Node(client)),
      finality: { depth },
      contract: chain.contracts.consentRegistry.address,
      consentDeployBlock: 1n,
    });
  const tell = (place: number, lie: Lie | undefined) => {
    const endpoint = endpoints[place];
    if (endpoint !== undefined) endpoint.lie = lie;
  };

  beforeAll(async () => {
    chain = await startTestChain();
  });
  afterAll(async () => {
    await chain.stop();
  });
  beforeEach(async () => {
    endpoints = await Promise.all([1, 2, 3].map(() => LyingNode.start(chain.rpc)));
    clients = endpoints.map(({ url }) => new JsonRpc({ urls: [url], timeoutMs: 2_000 }));
    await grant();
    await grant();
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await Promise.all(endpoints.map((endpoint) => endpoint.stop()));
  });

  it.each<[string, Lie]>([
    ['hides an event', logs((all) => all.slice(1))],
    [
      'invents an event',
      logs((all) => [...all, ...all.slice(-1).map((log) => ({ ...log, logIndex: '0x9' }))]),
    ],
    ['changes an event', logs((all) => all.map((log) => ({ ...log, data: PERMIT_TOPIC_DATA })))],
  ])('names one liar among two honest nodes that %s, where their blocks are the same', async (_what, lie) => {
    tell(1, lie);
    const check = confirmed(make());
    expect(await check.look()).toEqual([]);
    await grant();
    const to = await chain.node.blockNumber();
    expect(await check.look()).toEqual([{ kind: 'events-disagree', from: 1n, to, groups: [[0, 2], [1]] }]);
    const nodes = clients.map((client) => new Node(client));
    expect(await nodesDisagreeCheck(nodes, { depth: 0 }).look()).toEqual([]);
    tell(1, undefined);
    expect(await check.look()).toEqual([]);
  });

  it('asks again only for what is new, and says nothing of blocks that are not final', async () => {
    const check = make(1);
    expect(await check.look()).toEqual([]);
    tell(
      0,
      logs(() => []),
    );
    expect(await check.look()).toEqual([]);
    await grant();
    await grant();
    expect(await check.look()).toMatchObject([{ groups: [[0], [1, 2]] }]);
  });

  it('takes no side of a silent node', async () => {
    tell(0, ({ method }) => (method === 'eth_getLogs' ? { kind: 'bytes', bytes: 'no' } : undefined));
    tell(
      1,
      logs(() => []),
    );
    expect(await make().look()).toMatchObject([{ groups: [[1], [2]] }]);
    tell(2, () => ({ kind: 'bytes', bytes: 'no' }));
    expect(await make().look()).toEqual([]);
  });
});
