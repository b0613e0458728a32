import { shouldBehaveLikeInbox } from './inbox.contract.js';
import { MemoryInbox } from './memory-inbox.js';

describe('MemoryInbox', () => {
  shouldBehaveLikeInbox(() => {
    const inbox = new MemoryInbox();
    return Promise.resolve({ inbox, queue: inbox, apply: (change) => inbox.apply(change) });
  });
});
