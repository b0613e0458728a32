import type { Hex } from '#consent';
import type { Outbox, OutboxRequest } from '../outbox.js';

/** What the suite runs against. */
export interface OutboxHarness {
  readonly outbox: Outbox;
  readonly stop?: () => Promise<void>;
}

const hex = (fill: number): Hex => `0x${fill.toString(16).padStart(64, '0')}`;

function request(key: string, priority: 'urgent' | 'normal' = 'normal'): OutboxRequest {
  return { key, to: `0x${'a'.repeat(40)}`, data: '0x0102', priority };
}

function transaction(n: number): { hash: Hex; raw: Hex } {
  return { hash: hex(n), raw: `0x02f8${n.toString(16).padStart(2, '0')}` };
}

/** What every `Outbox` must do. `make` gives an empty one each time. */
export function shouldBehaveLikeOutbox(make: () => Promise<OutboxHarness>): void {
  let harness: OutboxHarness;
  let outbox: Outbox;

  beforeEach(async () => {
    harness = await make();
    outbox = harness.outbox;
  });
  afterEach(async () => {
    await harness.stop?.();
  });

  shouldQueue(() => outbox);
  shouldSign(() => outbox);
  shouldReopen(() => outbox);
}

function shouldQueue(outbox: () => Outbox): void {
  describe('enqueue', () => {
    it('queues a request without a nonce', async () => {
      const row = await outbox().enqueue(request('ops:1'));
      expect(row).toMatchObject({ ...request('ops:1'), state: 'queued', transactions: [] });
      expect(row.nonce).toBeUndefined();
      expect(await outbox().find('ops:1')).toEqual(row);
      expect(await outbox().find('ops:2')).toBeUndefined();
    });

    it('gives back the row that is there for a key that was queued before', async () => {
      await outbox().enqueue(request('ops:1'));
      await outbox().sign('ops:1', 4, transaction(1));
      const again = await outbox().enqueue(request('ops:1'));
      expect(again).toMatchObject({ state: 'signed', nonce: 4 });
      expect(await outbox().open(10)).toHaveLength(1);
    });
  });

  describe('open', () => {
    it('gives urgent rows first, then in order of arrival, and no more than asked for', async () => {
      for (const key of ['n1', 'n2']) await outbox().enqueue(request(key));
      for (const key of ['u1', 'u2']) await outbox().enqueue(request(key, 'urgent'));
      expect((await outbox().open(10)).map((row) => row.key)).toEqual(['u1', 'u2', 'n1', 'n2']);
      expect((await outbox().open(3)).map((row) => row.key)).toEqual(['u1', 'u2', 'n1']);
    });

    it('keeps included rows and leaves out final and failed ones', async () => {
      for (const [nonce, key] of ['a', 'b', 'c'].entries()) {
        await outbox().enqueue(request(key));
        await outbox().sign(key, nonce, transaction(nonce));
      }
      await outbox().settle('a', 'included', { block: 5n, blockHash: hex(5) });
      await outbox().settle('b', 'final', { block: 5n, blockHash: hex(5) });
      await outbox().settle('c', 'failed', { error: 'Stale' });
      const open = await outbox().open(10);
      expect(open).toHaveLength(1);
      expect(open[0]).toMatchObject({ key: 'a', state: 'included', block: 5n, blockHash: hex(5) });
      expect(await outbox().find('c')).toMatchObject({ state: 'failed', error: 'Stale' });
    });
  });
}

function shouldSign(outbox: () => Outbox): void {
  describe('sign', () => {
    it('keeps every variant of a transaction, newest last', async () => {
      await outbox().enqueue(request('a'));
      await outbox().sign('a', 0, transaction(1));
      await outbox().sign('a', 0, transaction(2));
      const row = await outbox().find('a');
      expect(row?.transactions).toEqual([transaction(1), transaction(2)]);
      expect(row).toMatchObject({ state: 'signed', nonce: 0 });
    });

    it('refuses a nonce that another row has', async () => {
      await outbox().enqueue(request('a'));
      await outbox().enqueue(request('b'));
      await outbox().sign('a', 7, transaction(1));
      await expect(outbox().sign('b', 7, transaction(2))).rejects.toThrow();
      expect(await outbox().find('b')).toMatchObject({ state: 'queued', transactions: [] });
    });
  });

  describe('release', () => {
    it('puts a row back in the queue, and frees its nonce', async () => {
      await outbox().enqueue(request('a'));
      await outbox().enqueue(request('b'));
      await outbox().sign('a', 7, transaction(1));
      await outbox().settle('a', 'included', { block: 5n, blockHash: hex(5) });
      await outbox().release('a');
      const row = await outbox().find('a');
      expect(row?.state).toBe('queued');
      expect(row?.nonce).toBeUndefined();
      expect(row?.block).toBeUndefined();
      await outbox().sign('b', 7, transaction(2));
      expect(await outbox().find('b')).toMatchObject({ nonce: 7, state: 'signed' });
    });
  });
}

function shouldReopen(outbox: () => Outbox): void {
  describe('reopen', () => {
    it('takes up the last settled row again, as it was in its block', async () => {
      for (const [nonce, key] of ['a', 'b', 'c', 'd'].entries()) {
        await outbox().enqueue(request(key));
        if (key !== 'd') await outbox().sign(key, nonce, transaction(nonce));
      }
      expect(await outbox().newestSettled()).toBeUndefined();
      await outbox().settle('a', 'final', { block: 5n, blockHash: hex(5) });
      await outbox().settle('b', 'failed', { block: 6n, blockHash: hex(6), error: 'NotOpen' });
      await outbox().settle('d', 'final', { error: 'Stale' });
      expect(await outbox().newestSettled()).toMatchObject({ key: 'b', block: 6n, blockHash: hex(6) });
      await outbox().reopen('b');
      const row = await outbox().find('b');
      expect(row).toMatchObject({ state: 'included', nonce: 1, block: 6n, transactions: [transaction(1)] });
      expect(row?.error).toBeUndefined();
      expect(await outbox().newestSettled()).toMatchObject({ key: 'a' });
      expect((await outbox().open(10)).map(({ key }) => key)).toEqual(['b', 'c']);
    });
  });
}
