import { MemoryTokenStore } from './testing/memory-token-store.js';
import { shouldBehaveLikeTokenStore } from './testing/token-store.contract.js';

describe('MemoryTokenStore', () => {
  shouldBehaveLikeTokenStore(() => new MemoryTokenStore());

  it('fails once when told to', async () => {
    const store = new MemoryTokenStore();
    store.failNext(new Error('away'));
    await expect(store.find('Kind', 'id')).rejects.toThrow('away');
    await expect(store.find('Kind', 'id')).resolves.toBeUndefined();
  });
});
