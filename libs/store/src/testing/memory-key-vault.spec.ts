import { shouldBehaveLikeKeyVault } from './key-vault.contract.js';
import { MemoryKeyVault } from './memory-key-vault.js';

describe('MemoryKeyVault', () => {
  shouldBehaveLikeKeyVault(async () => new MemoryKeyVault());
});
