import { makeItem, makeLogKeys } from './log-fixture.js';
import { shouldBehaveLikeLogStore } from './log-store.contract.js';
import { MemoryLogStore } from './memory-log-store.js';

describe('MemoryLogStore', () => {
  shouldBehaveLikeLogStore(async () => ({ log: new MemoryLogStore(makeLogKeys()), first: 0n }));

  it('refuses as often as it is told to', async () => {
    const log = new MemoryLogStore(makeLogKeys());
    log.failNextAppends(1);
    await expect(log.append([makeItem()])).rejects.toMatchObject({ code: 'seal-unavailable' });
    await expect(log.append([makeItem()])).resolves.toHaveLength(1);
  });
});
