import { randomUUID } from 'node:crypto';
import { shouldBehaveLikeKeyedWriteStore } from './keyed-write-store.contract.js';
import { MemoryKeyedWriteStore } from './memory-keyed-write-store.js';

describe('MemoryKeyedWriteStore', () => {
  shouldBehaveLikeKeyedWriteStore((keysPerClient) => {
    const writes = new MemoryKeyedWriteStore(keysPerClient);
    return Promise.resolve({
      writes,
      apply: async (change) => {
        await Promise.resolve();
        const recordId = randomUUID();
        return { recordId, leaf: writes.apply([change], recordId) };
      },
    });
  });
});
