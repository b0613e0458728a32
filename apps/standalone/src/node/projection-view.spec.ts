import { MemoryLogStore } from '../../../../libs/store/src/testing/memory-log-store.js';
import { makeLogKeys } from '../../../../libs/store/src/testing/log-fixture.js';
import { projectionView } from './projection-view.js';
import { SealedTime } from './sealed-time.js';

const T1 = Date.UTC(2026, 4, 1);

describe('projectionView', () => {
  it('reads, with the state, the newest time that another replica sealed', async () => {
    const sealed = new SealedTime(new MemoryLogStore(makeLogKeys()), 0, () => Promise.resolve(T1));
    const view = projectionView({ state: () => Promise.resolve(undefined) }, sealed);
    await view();
    expect(sealed.newestMs()).toBe(T1);
  });

  it('fails where that time cannot be read: nothing is decided on a time that may be behind', async () => {
    const sealed = new SealedTime(new MemoryLogStore(makeLogKeys()), 0, () =>
      Promise.reject(new Error('away')),
    );
    const view = projectionView({ state: () => Promise.resolve(undefined) }, sealed);
    await expect(view()).rejects.toThrow('away');
  });
});
