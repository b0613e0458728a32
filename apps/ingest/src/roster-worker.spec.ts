import { RosterWorker } from './roster-worker.js';
import { SourceHealth } from './source-health.js';
import { openMemorySource } from './testing/open-memory-source.js';

const LIMIT_MS = 90_000;

async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Remembers what was noted, not only how it ended. */
class NotedHealth extends SourceHealth {
  readonly noted: string[] = [];

  override note(...[source, contact]: Parameters<SourceHealth['note']>): void {
    this.noted.push(contact.kind);
    super.note(source, contact);
  }
}

describe('RosterWorker', () => {
  const { open, source, sink } = openMemorySource('north');
  const health = new NotedHealth();
  const reports: string[] = [];
  const worker = new RosterWorker({
    sources: [open],
    health,
    everyMs: 3_600_000,
    report: (id, error) => reports.push(`${id} ${String(error)}`),
  });

  afterAll(() => worker.stop());

  it('tries a source again soon that failed, and then has its directory and the patients of its roster', async () => {
    source.failNext('source-unavailable');
    worker.start();
    await until(() => sink.stored.size === 2 && health.down().length === 0);
    expect(health.noted[0]).toBe('failed');
    expect(sink.deliveries.map(({ pulledTypes }) => pulledTypes)).toEqual([['Organization'], ['Patient']]);
    expect(reports).toEqual([]);
  });

  it('stops while it waits for the next time', async () => {
    await worker.stop();
    expect(source.pulls).toBe(1);
  });
});

describe('RosterWorker, where the roster fails', () => {
  it('reports it and names the source as down', async () => {
    const { open, source } = openMemorySource('south');
    const health = new SourceHealth();
    const reports: string[] = [];
    const everyMs = 3_600_000;
    const report = (id: string, error: unknown) => reports.push(`${id} ${String(error)}`);
    const worker = new RosterWorker({ sources: [open], health, everyMs, report });
    source.roster = () => {
      throw new Error('a fault of ours');
    };
    worker.start();
    await until(() => reports.length > 0);
    await worker.stop();
    expect(reports).toEqual(['south Error: a fault of ours']);
    expect(health.down()).toEqual([]);
  });
});
