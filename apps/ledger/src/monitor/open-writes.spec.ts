import { randomUUID } from 'node:crypto';
import { makeKeyedWrite } from '../../../../libs/store/src/testing/keyed-write-store.contract.js';
import { MemoryKeyedWriteStore } from '../../../../libs/store/src/testing/memory-keyed-write-store.js';
import { openWritesCheck } from './open-writes.js';

describe('openWritesCheck', () => {
  it('names writes that stay open for too long, and their source, whenever they are due', async () => {
    const writes = new MemoryKeyedWriteStore();
    const begin = (openedMs: number) => {
      const asked = { client: 'app', key: randomUUID(), request: new Uint8Array(32), nowMs: openedMs };
      const write = makeKeyedWrite(writes, asked);
      writes.apply([{ kind: 'keyed-write', write }], randomUUID());
      return write;
    };
    const [old, , ended] = [begin(100), begin(900), begin(100)];
    writes.apply([{ kind: 'keyed-write-end', id: ended?.id ?? '', state: 'refused', atMs: 1 }], randomUUID());
    await writes.postpone(old?.id ?? '', 1_000_000);
    const check = openWritesCheck(writes, { writeOpenMs: 500, clock: () => 1_000 });
    await expect(check.look()).resolves.toEqual([
      { kind: 'write-open', write: old?.id, source: 'northside' },
    ]);
  });
});
