import { ENTRY_CLASS, type LogStore } from '#provenance';
import type { RowChange } from '#store';
import { makeLogKeys } from '../../../../libs/store/src/testing/log-fixture.js';
import { MemoryLogStore } from '../../../../libs/store/src/testing/memory-log-store.js';
import { ownRecord } from './own-record.js';
import { SealedTime } from './sealed-time.js';

const T1 = Date.UTC(2026, 4, 1);
const T2 = Date.UTC(2026, 4, 2);

let serial = 0;
function recordAt(timeMs: number) {
  serial += 1;
  const act = {
    interaction: 'test',
    outcome: 'permit',
    status: 200,
    path: '*',
    parameters: new Uint8Array(),
  };
  return ownRecord({ class: ENTRY_CLASS.access, ...act }, timeMs, new Uint8Array(10).fill(serial));
}

function answersOf(log: LogStore<RowChange>) {
  return Promise.all([
    log.head(),
    log.checkpoint(),
    log.entries(0n, 3n),
    log.tile(0, 0n, 3),
    log.inclusion(1n, 3n),
    log.consistency(1n, 3n),
  ]);
}

/** No other replica has sealed anything. */
const nobody = () => Promise.resolve(0);

describe('SealedTime', () => {
  it('is the time that it was opened with, until something is sealed', () => {
    expect(new SealedTime(new MemoryLogStore(makeLogKeys()), T1, nobody).newestMs()).toBe(T1);
  });

  it('is that of the newest record, and never goes back', async () => {
    const sealed = new SealedTime(new MemoryLogStore(makeLogKeys()), 0, nobody);
    await sealed.log.append([
      { record: recordAt(T2), writes: [] },
      { record: recordAt(T1), writes: [] },
    ]);
    expect(sealed.newestMs()).toBe(T2);
    await sealed.log.append([{ record: recordAt(T1), writes: [] }]);
    expect(sealed.newestMs()).toBe(T2);
  });

  it('is not moved by what could not be sealed', async () => {
    const log = new MemoryLogStore(makeLogKeys());
    const sealed = new SealedTime(log, T1, nobody);
    log.failNextAppends(1);
    const append = sealed.log.append([{ record: recordAt(T2), writes: [] }]);
    await expect(append).rejects.toMatchObject({ code: 'seal-unavailable' });
    expect(sealed.newestMs()).toBe(T1);
  });

  it('is that of another replica, once it looked, where that is newer', async () => {
    let others = T2;
    const sealed = new SealedTime(new MemoryLogStore(makeLogKeys()), T1, () => Promise.resolve(others));
    expect(sealed.newestMs()).toBe(T1);
    await sealed.look();
    expect(sealed.newestMs()).toBe(T2);
    others = T1;
    await sealed.look();
    expect(sealed.newestMs()).toBe(T2);
  });

  it('passes every other question on to the log', async () => {
    const log = new MemoryLogStore(makeLogKeys());
    const sealed = new SealedTime(log, 0, nobody);
    await sealed.log.append([1, 2, 3].map((day) => ({ record: recordAt(T1 + day), writes: [] })));
    expect(await answersOf(sealed.log)).toEqual(await answersOf(log));
  });
});
