import type { KnownHead } from '#store';
import { rememberedHeadCheck } from './remembered-head.js';
import { FakeLog } from './testing/fake-log.js';

describe('a head that others remember', () => {
  const log = new FakeLog(5);
  const look = (size: bigint, root: Uint8Array) =>
    rememberedHeadCheck('chain', async () => ({ source: 'chain', size, root }), log).look();

  it('is the stored one, or one that the stored log grew from', async () => {
    expect(await look(5n, log.rootOf(5))).toEqual([]);
    expect(await look(3n, log.rootOf(3))).toEqual([]);
  });

  it('says that the log was rolled back where it is larger', async () => {
    expect(await look(6n, log.rootOf(5))).toEqual([
      { kind: 'log-rolled-back', source: 'chain', known: 6n, stored: 5n },
    ]);
  });

  it('says that the log forked where its root is another', async () => {
    expect(await look(3n, log.rootOf(4))).toEqual([{ kind: 'log-forked', source: 'chain', size: 3n }]);
    expect(await look(5n, log.rootOf(4))).toEqual([{ kind: 'log-forked', source: 'chain', size: 5n }]);
  });

  it('says that a log without head was rolled back', async () => {
    const empty = new FakeLog(5);
    empty.hasHead = false;
    const known: KnownHead = { source: 'anchor', size: 5n, root: empty.rootOf(5) };
    expect(await rememberedHeadCheck('anchor', async () => known, empty).look()).toEqual([
      { kind: 'log-rolled-back', source: 'anchor', known: 5n, stored: 0n },
    ]);
  });

  it('is read before the log, which may grow and be anchored meanwhile', async () => {
    const growing = new FakeLog(5);
    const remembered = async (): Promise<KnownHead> => {
      growing.grow(4);
      return { source: 'chain', size: 9n, root: growing.rootOf(9) };
    };
    expect(await rememberedHeadCheck('chain', remembered, growing).look()).toEqual([]);
  });

  it('says nothing before there is one', async () => {
    expect(await rememberedHeadCheck('chain', async () => undefined, log).look()).toEqual([]);
  });
});
