import { MemoryOutbox } from './memory-outbox.js';
import { shouldBehaveLikeOutbox } from './outbox.contract.js';

describe('MemoryOutbox', () => {
  shouldBehaveLikeOutbox(async () => ({ outbox: new MemoryOutbox() }));
});
