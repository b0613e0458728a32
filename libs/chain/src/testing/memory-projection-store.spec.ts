import { MemoryProjectionStore } from './memory-projection-store.js';
import { shouldBehaveLikeProjectionStore } from './projection-store.contract.js';

describe('MemoryProjectionStore', () => {
  shouldBehaveLikeProjectionStore(async () => {
    const store = new MemoryProjectionStore();
    return { store, counts: async (subject, grantId) => store.counts(subject, grantId) };
  });
});
