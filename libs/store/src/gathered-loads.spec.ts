import { GatheredLoads } from './gathered-loads.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A load that ends when it is told to. */
function held() {
  const begun: {
    keys: readonly string[];
    end: (values: Record<string, number>) => void;
    fail: () => void;
  }[] = [];
  const loads = new GatheredLoads<number>((keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, number>>();
    begun.push({
      keys,
      end: (values) => resolve(new Map(Object.entries(values))),
      fail: () => reject(new Error('down')),
    });
    return promise;
  });
  return { begun, loads };
}

describe('GatheredLoads', () => {
  it('loads once what is asked for in one turn, each key once', async () => {
    const { begun, loads } = held();
    const answers = [loads.get('a'), loads.get('b'), loads.get('a'), loads.all(['b', 'c'])] as const;
    await turn();
    expect(begun.map(({ keys }) => keys)).toEqual([['a', 'b', 'c']]);
    begun[0]?.end({ a: 1, b: 2 });
    await expect(Promise.all(answers.slice(0, 3))).resolves.toEqual([1, 2, 1]);
    expect((await answers[3]).get('c')).toBeUndefined();
  });

  it('never lets a caller join a load that has begun, not even for the same key', async () => {
    const { begun, loads } = held();
    const early = loads.get('a');
    await turn();
    const late = loads.get('a');
    begun[0]?.end({ a: 1 });
    await expect(early).resolves.toBe(1);
    await turn();
    begun[1]?.end({ a: 2 });
    await expect(late).resolves.toBe(2);
  });

  it('fails those of a load that fails, and goes on', async () => {
    const { begun, loads } = held();
    const failed = loads.get('a').then(
      () => 'loaded',
      (error: unknown) => String(error),
    );
    await turn();
    const next = loads.get('a');
    begun[0]?.fail();
    expect(await failed).toContain('down');
    await turn();
    begun[1]?.end({ a: 3 });
    await expect(next).resolves.toBe(3);
  });
});
