import { keptFor } from './kept-for.js';

describe('keptFor', () => {
  let nowMs = 0;
  let made = 0;
  let failing = false;
  const value = keptFor(
    100,
    () => {
      made += 1;
      return failing ? Promise.reject(new Error('away')) : Promise.resolve(made);
    },
    () => nowMs,
  );

  beforeEach(() => {
    nowMs += 1_000;
    made = 0;
    failing = false;
  });

  it('makes a value once for all who ask while it is kept', async () => {
    await expect(Promise.all([value(), value(), value()])).resolves.toEqual([1, 1, 1]);
    nowMs += 99;
    await expect(value()).resolves.toBe(1);
  });

  it('makes it anew when its time is over', async () => {
    await value();
    nowMs += 100;
    await expect(value()).resolves.toBe(2);
  });

  it('does not keep what could not be made', async () => {
    failing = true;
    await expect(value()).rejects.toThrow('away');
    failing = false;
    await expect(value()).resolves.toBe(2);
  });
});
