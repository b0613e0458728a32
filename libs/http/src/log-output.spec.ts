import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createMetrics } from './metrics.js';
import { logOutput } from './log-output.js';

describe('the output of the process log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-output-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('holds so much and no more, and counts what it dropped', async () => {
    const file = join(folder, 'log');
    const fd = openSync(file, 'w');
    const metrics = createMetrics();
    const log = pino({ base: null }, logOutput({ metrics, fd, waitingMaxBytes: 10_000 }));
    const written = 100;
    for (let line = 0; line < written; line += 1) log.info('x'.repeat(1_000));
    const [counted] = (await metrics.getSingleMetric('proviso_log_lines_dropped_total')?.get())?.values ?? [];
    const dropped = counted?.value ?? 0;
    expect(dropped).toBeGreaterThan(written - 20);
    // what was kept is written when the disk comes to it
    const kept = () => readFileSync(file, 'utf8').split('\n').length - 1;
    while (kept() < written - dropped) await new Promise((resolve) => setImmediate(resolve));
    expect(kept()).toBe(written - dropped);
    closeSync(fd);
  });
});
