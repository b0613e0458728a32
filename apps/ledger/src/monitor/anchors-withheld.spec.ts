import type { Finality } from '#chain';
import { anchorsWithheldCheck, judgeWithheld } from './anchors-withheld.js';
import { FakeAnchors, FakeChain, PLACE } from './testing/fake-chain.js';
import { FakeLog } from './testing/fake-log.js';

const EVERY_MS = 10_000;

describe('anchors-withheld', () => {
  let log: FakeLog;
  let chain: FakeChain;
  let anchors: FakeAnchors;
  let nowMs: number;
  const make = (finality: Finality = { depth: 0 }) =>
    anchorsWithheldCheck({
      log,
      anchors,
      place: PLACE,
      node: chain,
      finality,
      anchorEveryMs: EVERY_MS,
      clock: () => nowMs,
    });
  beforeEach(() => {
    log = new FakeLog(5);
    chain = new FakeChain();
    anchors = new FakeAnchors();
    nowMs = 1_000_000;
    log.timeMs = nowMs;
  });

  it('finds nothing within three cadences, and names the first open record after them', async () => {
    const check = make();
    expect(await check.look()).toEqual([]);
    nowMs += 3 * EVERY_MS;
    expect(await check.look()).toEqual([]);
    nowMs += 1;
    expect(await check.look()).toEqual([{ kind: 'anchors-withheld', from: 0n }]);
  });

  it('finds nothing while the log does not grow, however long that is', async () => {
    anchors.note(5n, log.rootOf(5), 'final');
    const check = make();
    await check.look();
    nowMs += 100 * EVERY_MS;
    expect(await check.look()).toEqual([]);
  });

  it('does not count an anchor that is in a block and not final', async () => {
    anchors.note(3n, log.rootOf(3), 'final');
    anchors.note(5n, log.rootOf(5), 'included');
    const check = make();
    await check.look();
    nowMs += 3 * EVERY_MS + 1;
    expect(await check.look()).toEqual([{ kind: 'anchors-withheld', from: 3n }]);
  });

  it('counts from the first look: while no gateway ran, nobody anchored', async () => {
    log.timeMs = 0;
    const check = make();
    expect(await check.look()).toEqual([]);
    nowMs += EVERY_MS;
    expect(await check.look()).toEqual([]);
  });

  it('gives a chain the time that it needs to be final', async () => {
    chain.finalDepth = 6n;
    const check = make('finalized');
    await check.look();
    nowMs += 3 * EVERY_MS + 30_000;
    expect(await check.look()).toEqual([]);
    nowMs += 1;
    expect(await check.look()).toMatchObject([{ kind: 'anchors-withheld' }]);
  });

  it('speaks also while the node is silent', async () => {
    const check = make();
    await check.look();
    chain.isSilent = true;
    nowMs += 3 * EVERY_MS + 1;
    expect(await check.look()).toMatchObject([{ kind: 'anchors-withheld' }]);
  });

  it('waits half an hour for finality and no longer', () => {
    const reading = {
      open: { index: 1n, timeMs: 0 },
      watchingSinceMs: 0,
      everyMs: EVERY_MS,
      finalityMs: 86_400_000,
    };
    expect(judgeWithheld({ ...reading, nowMs: 1_800_000 })).toEqual([]);
    expect(judgeWithheld({ ...reading, nowMs: 1_830_001 })).toHaveLength(1);
  });
});
