import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';
import { Integrity } from './integrity.js';
import { Monitor } from './monitor.js';

const reset: MonitorFinding = { kind: 'chain-reset', lost: 'head', expected: '4', found: '3' };

/** A check that looks as it is told to. */
function checkOf(name: string, looks: (readonly MonitorFinding[] | Error)[]): Check & { count: number } {
  const check = {
    name,
    count: 0,
    look: async (): Promise<readonly MonitorFinding[]> => {
      check.count += 1;
      const now = looks.shift() ?? [];
      if (now instanceof Error) throw now;
      return now;
    },
  };
  return check;
}

/** A pause that only the end of the work ends. */
function idle(_ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

describe('Monitor', () => {
  let told: string[];
  let failed: string[];
  let integrity: Integrity;
  beforeEach(() => {
    told = [];
    failed = [];
    integrity = new Integrity({
      raised: ({ kind }) => told.push(kind),
      settled: ({ kind }) => told.push(`no more ${kind}`),
      stopped: () => undefined,
    });
  });
  const make = (
    parts: { readonly everywhere?: readonly Check[]; readonly leading?: readonly Check[] },
    pause: (ms: number, signal: AbortSignal) => Promise<void>,
    lead = (signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>) => work(signal),
  ) =>
    new Monitor({
      everywhere: [],
      leading: [],
      ...parts,
      lead,
      integrity,
      everyMs: 10,
      report: (check) => failed.push(check),
      pause,
    });

  it('looks in rounds until it is stopped', async () => {
    const own = checkOf('own', []);
    const led = checkOf('led', []);
    let rounds = 0;
    const done = Promise.withResolvers<void>();
    const monitor = make({ everywhere: [own], leading: [led] }, async (ms, signal) => {
      expect(ms).toBe(10);
      if (++rounds < 6) return;
      done.resolve();
      await idle(ms, signal);
    });
    monitor.start();
    await done.promise;
    await monitor.stop();
    expect(own.count + led.count).toBeGreaterThanOrEqual(6);
    const counted = own.count;
    await monitor.round([own]);
    expect(own.count).toBe(counted);
  });

  it('looks at the log itself while another process leads', async () => {
    const own = checkOf('own', []);
    const led = checkOf('led', []);
    const monitor = make({ everywhere: [own], leading: [led] }, idle, (signal) => idle(0, signal));
    monitor.start();
    await monitor.stop();
    expect(own.count).toBe(1);
    expect(led.count).toBe(0);
  });

  it('forgets what it found as the leader when it leads no more', async () => {
    const led = checkOf('led', [[reset]]);
    const term = new AbortController();
    const seen = Promise.withResolvers<void>();
    const pause = async (ms: number, signal: AbortSignal) => {
      seen.resolve();
      await idle(ms, signal);
    };
    const monitor = make({ leading: [led] }, pause, (signal, work) =>
      work(AbortSignal.any([signal, term.signal])),
    );
    monitor.start();
    await seen.promise;
    expect(integrity.state().kind).toBe('degraded');
    term.abort();
    await monitor.stop();
    expect(integrity.state().kind).toBe('up');
  });

  it('forgets that it could not look when it leads no more, and begins to count anew', async () => {
    const silent = new Error('silent');
    const led = checkOf('led', [silent, silent, silent, silent]);
    const terms = [new AbortController(), new AbortController()] as const;
    const looked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const pause = async (ms: number, signal: AbortSignal) => {
      if (led.count < 3) return;
      looked[led.count === 3 ? 0 : 1].resolve();
      await idle(ms, signal);
    };
    const monitor = make({ leading: [led] }, pause, async (signal, work) => {
      for (const term of terms) await work(AbortSignal.any([signal, term.signal]));
    });
    monitor.start();
    await looked[0].promise;
    expect(integrity.state()).toEqual({ kind: 'degraded', note: 'unchecked' });
    terms[0].abort();
    await looked[1].promise;
    expect(integrity.state()).toEqual({ kind: 'up' });
    await monitor.stop();
  });

  it('keeps what a check found while it cannot look, and tells of a check that is blind', async () => {
    const silent = new Error('silent');
    const check = checkOf('a', [[reset], silent, silent, silent, silent, [reset]]);
    const other = checkOf('b', []);
    const monitor = make({}, idle);
    for (let round = 0; round < 3; round++) await monitor.round([check, other]);
    expect(told).toEqual(['chain-reset']);
    await monitor.round([check, other]);
    await monitor.round([check, other]);
    expect(told).toEqual(['chain-reset', 'unchecked']);
    await monitor.round([check, other]);
    expect(told).toEqual(['chain-reset', 'unchecked', 'no more unchecked']);
    expect(failed).toEqual(['a', 'a', 'a', 'a']);
    expect(other.count).toBe(6);
  });
});
