import { foreignAnchorCheck } from './foreign-anchor.js';
import { FakeAnchors, FakeChain, hash, LOG_ID, PLACE } from './testing/fake-chain.js';
import { FakeLog } from './testing/fake-log.js';

describe('foreign-anchor', () => {
  let log: FakeLog;
  let chain: FakeChain;
  let anchors: FakeAnchors;
  const make = () =>
    foreignAnchorCheck({
      node: chain,
      contract: chain,
      log,
      anchors,
      place: PLACE,
      logId: LOG_ID,
      deployBlock: 2n,
    });
  beforeEach(() => {
    log = new FakeLog(5);
    chain = new FakeChain();
    anchors = new FakeAnchors();
  });

  it('finds nothing where each anchored head is one of the log, whoever submitted it', async () => {
    chain.anchor(3n, log.rootOf(3));
    chain.anchor(5n, log.rootOf(5));
    expect(await make().look()).toEqual([]);
  });

  it('names a head that the log never had: another root, or a size that it has not reached', async () => {
    chain.anchor(3n, log.rootOf(4));
    chain.anchor(8n, log.rootOf(4));
    expect(await make().look()).toEqual([
      { kind: 'foreign-anchor', size: 3n, block: 10n, transaction: hash('tx 3') },
      { kind: 'foreign-anchor', size: 8n, block: 10n, transaction: hash('tx 8') },
    ]);
  });

  it('leaves to others a head that we noted ourselves and lost', async () => {
    const root = new FakeLog(8).rootOf(8);
    anchors.note(8n, root, 'final', 1n);
    chain.anchor(8n, root);
    expect(await make().look()).toEqual([]);
  });

  it('goes on naming it in later looks, until the log has it', async () => {
    const check = make();
    const later = new FakeLog(8);
    chain.anchor(8n, later.rootOf(8));
    expect(await check.look()).toHaveLength(1);
    chain.tip += 5_000n;
    expect(await check.look()).toHaveLength(1);
    log.grow(3);
    expect(await check.look()).toEqual([]);
  });

  it('loses no head where it could not be judged', async () => {
    const check = make();
    await check.look();
    chain.tip = 1_000n;
    chain.anchor(3n, log.rootOf(4));
    chain.tip = 2_000n;
    anchors.isAway = true;
    await expect(check.look()).rejects.toThrow('away');
    anchors.isAway = false;
    expect(await check.look()).toMatchObject([{ kind: 'foreign-anchor', size: 3n }]);
  });

  it('begins at the newest final anchor, else where the contract was deployed, and reads the newest blocks again', async () => {
    await make().look();
    anchors.note(3n, log.rootOf(3), 'final', 900n);
    chain.tip = 5_000n;
    const check = make();
    await check.look();
    chain.tip = 5_010n;
    await check.look();
    expect(chain.ranges).toEqual(['2-10', '900-2899', '2900-4899', '4900-5000', '4937-5010']);
  });

  it('catches up over several looks with a chain that is far ahead', async () => {
    chain.tip = 100_000n;
    const check = make();
    await check.look();
    expect(chain.ranges).toHaveLength(20);
    chain.events.push({ seq: 1n, size: 9n, root: hash('x'), block: 60_000n, transaction: hash('tx 9') });
    expect(await check.look()).toMatchObject([{ kind: 'foreign-anchor', size: 9n }]);
  });
});
