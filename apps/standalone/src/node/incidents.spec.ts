import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { MonitorFinding } from '../../../ledger/src/monitor/finding.js';
import { openIncidents } from './incidents.js';
import { openIntegrity } from './open-integrity.js';

describe('incidents', () => {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const metrics = new Registry();
  const incident = openIncidents(log, metrics);
  const count = async (kind: string) =>
    (await metrics.getMetricsAsJSON())
      .flatMap(({ values }) => values)
      .find(({ labels }) => labels['kind'] === kind)?.value;
  beforeEach(() => lines.splice(0));

  it('are counted from zero by their kinds, and told in the log', async () => {
    for (const kind of ['chain-reset', 'seal-unavailable', 'guard-removed', 'session-vanished']) {
      expect(await count(kind)).toBe(0);
    }
    incident('chain-reset', { lost: 'head' });
    incident('seal-unavailable', { size: 3n });
    expect(await count('chain-reset')).toBe(1);
    expect(await count('seal-unavailable')).toBe(1);
    expect(lines).toMatchObject([
      { level: 50, incident: 'chain-reset', lost: 'head' },
      { level: 50, incident: 'seal-unavailable', size: 3 },
    ]);
  });

  it('come from findings, which halt the log where they must', async () => {
    const halted: string[] = [];
    const integrity = openIntegrity(incident, log, (why) => halted.push(why));
    const forked: MonitorFinding = { kind: 'log-forked', source: 'chain', size: 4n };
    integrity.take('chain-head', [forked]);
    integrity.take('chain-head', [forked]);
    integrity.take('chain-head', []);
    expect(await count('log-forked')).toBe(1);
    expect(halted).toEqual(['log-forked']);
    expect(lines).toMatchObject([
      { level: 50, incident: 'log-forked', check: 'chain-head', source: 'chain', size: '4' },
      { level: 40, incident: 'log-forked', check: 'chain-head' },
    ]);
  });
});
