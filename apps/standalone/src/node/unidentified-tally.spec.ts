import { GatewayError } from '#outcome';
import type { AppendItem } from '#provenance';
import type { RowChange } from '#store';
import { UnidentifiedTally } from './unidentified-tally.js';

const NOW_MS = Date.UTC(2026, 4, 1);
const random = (bytes: number) => new Uint8Array(bytes).fill(7);

/** Remembers what was appended; the next append can be told to fail. */
class RecordingLog {
  readonly outcomes: string[] = [];
  #fails = false;

  failNextAppend(): void {
    this.#fails = true;
  }

  append(items: readonly AppendItem<RowChange>[]) {
    const fails = this.#fails;
    this.#fails = false;
    if (fails) return Promise.reject(new GatewayError('seal-unavailable'));
    this.outcomes.push(...items.map(({ record }) => record.op.outcome));
    return Promise.resolve([]);
  }
}

describe('UnidentifiedTally', () => {
  let log: RecordingLog;
  let tally: UnidentifiedTally;

  beforeEach(() => {
    log = new RecordingLog();
    tally = new UnidentifiedTally(log, { clock: () => NOW_MS, random }, () => undefined);
  });

  afterEach(() => tally.stop());

  it('writes one record with the counts of all that was noted, and none of nothing', async () => {
    for (const code of ['login-required', 'token-expired', 'login-required'] as const) tally.note(code);
    await tally.flush();
    await tally.flush();
    expect(log.outcomes).toEqual(['login-required=2 token-expired=1']);
  });

  it('writes what is left when it stops', async () => {
    tally.note('login-required');
    await tally.stop();
    expect(log.outcomes).toEqual(['login-required=1']);
  });

  it('counts again what could not be written', async () => {
    tally.note('login-required');
    log.failNextAppend();
    await expect(tally.flush()).rejects.toMatchObject({ code: 'seal-unavailable' });
    tally.note('login-required');
    await tally.flush();
    expect(log.outcomes).toEqual(['login-required=2']);
  });
});
