import { frozenLogCheck } from './frozen-log.js';
import { FakeChain, LOG_ID } from './testing/fake-chain.js';

describe('frozen-log', () => {
  it('names a log whose fork was reported, and no other', async () => {
    const chain = new FakeChain();
    const check = frozenLogCheck(chain, LOG_ID);
    expect(await check.look()).toEqual([]);
    chain.anchor(3n, new Uint8Array(32));
    expect(await check.look()).toEqual([]);
    if (chain.log !== undefined) chain.log = { ...chain.log, frozen: true };
    expect(await check.look()).toEqual([{ kind: 'log-frozen', logId: LOG_ID }]);
  });
});
