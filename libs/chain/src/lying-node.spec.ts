import { BlockReader } from './block-reader.js';
import { beginProjection, ChainFollower } from './follower.js';
import { JsonRpc } from './json-rpc.js';
import { Node } from './node.js';
import { randomHex } from './testing/keys.js';
import { LyingNode, type Lie, type Overheard, type Said } from './testing/lying-node.js';
import { MemoryProjectionStore } from './testing/memory-projection-store.js';
import { makePatient, makePermit, makeTerms, signedOpen } from './testing/patient.js';
import { startTestChain, type TestChain } from './testing/test-chain.js';

const TIMEOUT_MS = 500;
const MAX_REPLY_BYTES = 100_000;
const AHEAD_MS = 30_000;

const result = (value: unknown): Said => ({ kind: 'result', result: value });
const bytes = (text: string): Said => ({ kind: 'bytes', bytes: text });
const fields = ({ result: given }: Overheard): Record<string, unknown> => Object(given);

/** Changes what is said to calls of a method, where the node behind had an answer. */
function to(method: string, change: (overheard: Overheard) => Said): Lie {
  return (overheard) =>
    overheard.method === method && overheard.result !== null ? change(overheard) : undefined;
}

/** Changes fields of every log. */
const logs = (fieldsOf: object): Lie =>
  to('eth_getLogs', ({ result: given }) =>
    result((Array.isArray(given) ? given : []).map((log: object) => ({ ...log, ...fieldsOf }))),
  );

/** Changes fields of the newest block's header. */
const newest = (change: (header: Record<string, unknown>) => object): Lie => {
  let tip = 0n;
  return (overheard) => {
    if (overheard.method === 'eth_blockNumber') tip = BigInt(String(overheard.result));
    const header = fields(overheard);
    const isNewest =
      overheard.method === 'eth_getBlockByNumber' && header['number'] === `0x${tip.toString(16)}`;
    return isNewest ? result({ ...header, ...change(header) }) : undefined;
  };
};

/** What a node does, and how the step of a follower that meets it ends: what it throws, or what it says it did. */
const LIES: readonly (readonly [what: string, lie: Lie, ends: unknown])[] = [
  ['does not answer', () => ({ kind: 'silence' }), { fault: { kind: 'timeout' } }],
  ['answers with a page of HTML', () => bytes('<html>Bad gateway</html>'), { fault: { kind: 'malformed' } }],
  [
    'answers with half a reply',
    () => bytes('{"jsonrpc":"2.0","result":"0x'),
    { fault: { kind: 'malformed' } },
  ],
  [
    'answers what is no block',
    to('eth_getBlockByNumber', () => result('0x1')),
    { fault: { kind: 'malformed' } },
  ],
  [
    'answers another block than was asked for',
    to('eth_getBlockByNumber', (overheard) => result({ ...fields(overheard), number: '0x1' })),
    { fault: { kind: 'malformed' } },
  ],
  [
    'sends more than anybody wants',
    to('eth_getLogs', () => bytes('x'.repeat(2 * MAX_REPLY_BYTES))),
    { fault: { kind: 'too-large' } },
  ],
  [
    'gives a hash that its block does not have',
    newest(() => ({ hash: randomHex() })),
    { fault: { kind: 'answer' } },
  ],
  ['gives events of another block', logs({ blockHash: randomHex() }), { fault: { kind: 'malformed' } }],
  ['gives events of another contract', logs({ address: randomHex(20) }), { fault: { kind: 'malformed' } }],
  ['gives events that were taken back', logs({ removed: true }), { fault: { kind: 'malformed' } }],
  ['gives a parent that was never applied', newest(() => ({ parentHash: randomHex() })), 'idle'],
  ['is at an old block', to('eth_blockNumber', () => result('0x2')), 'idle'],
  [
    'dates its blocks an hour ahead',
    newest(({ timestamp }) => ({ timestamp: `0x${(Number(timestamp) + 3_600).toString(16)}` })),
    { code: 'consent-stale' },
  ],
  [
    'has another chain',
    to('eth_getBlockByNumber', (overheard) => result({ ...fields(overheard), hash: randomHex() })),
    { code: 'integrity-failure' },
  ],
];

describe('a node that', () => {
  let chain: TestChain;
  let node: LyingNode;
  let rpc: JsonRpc;
  let store: MemoryProjectionStore;
  let follower: ChainFollower;
  const [patient, kept] = [makePatient(), makePermit(makeTerms())];

  const grant = (op = makePermit(makeTerms())) => {
    const { address } = chain.contracts.consentRegistry;
    return chain.send(address, signedOpen(patient, { chainId: chain.chainId, contract: address }, [op]));
  };

  beforeAll(async () => {
    chain = await startTestChain();
    await grant(kept);
  });
  afterAll(async () => {
    await chain.stop();
  });
  beforeEach(async () => {
    node = await LyingNode.start(chain.rpc);
    rpc = new JsonRpc({ urls: [node.url], timeoutMs: TIMEOUT_MS, maxReplyBytes: MAX_REPLY_BYTES });
    store = new MemoryProjectionStore();
    const client = new Node(rpc);
    const { address: contract, codeHash } = chain.contracts.consentRegistry;
    await beginProjection(store, client, { contract, codeHash });
    const source = new BlockReader(client, contract, { nowMs: Date.now });
    const options = { node: client, source, store, finality: { depth: 0 }, aheadMs: AHEAD_MS };
    follower = new ChainFollower({ ...options, nowMs: Date.now });
    await follower.catchUp();
  });
  afterEach(async () => {
    rpc.close();
    await node.stop();
  });

  it.each(LIES)(
    '%s: nothing of it is taken, and all is caught up when it is honest',
    async (_what, lie, ends) => {
      const before = await store.state();
      const op = makePermit(makeTerms());
      await grant(op);
      node.lie = lie;
      const endings: unknown[] = [];
      for (const round of [1, 2]) {
        endings[round - 1] = await follower.step().catch((error: unknown) => error);
        expect(await store.state()).toEqual(before);
      }
      expect(endings).toMatchObject([ends, ends]);
      expect(store.counts(patient.subject, kept.grantId)).toBe('permit');
      node.lie = undefined;
      await follower.catchUp();
      expect(store.counts(patient.subject, op.grantId)).toBe('permit');
    },
  );

  it('denies blocks that were applied: permits in them count no more, and do again when it is honest', async () => {
    const op = makePermit(makeTerms());
    await grant(op);
    await follower.catchUp();
    node.lie = newest(() => ({ hash: randomHex() }));
    expect(await follower.step()).toBe('reorganised');
    expect(store.counts(patient.subject, op.grantId)).toBe('none');
    expect(store.counts(patient.subject, kept.grantId)).toBe('permit');
    node.lie = undefined;
    await follower.catchUp();
    expect(store.counts(patient.subject, op.grantId)).toBe('permit');
  });
});
