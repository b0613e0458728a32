import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { EVENTS, type IncidentKind } from '../../../ledger/src/monitor/events.js';
import { RESPONSES } from '../../../ledger/src/monitor/responses.js';

/** Tells operators of what must not be: once in the log of the process, and counted by its kind. Opaque ids and sizes only. */
export type ReportIncident = (kind: IncidentKind, detail: Readonly<Record<string, unknown>>) => void;

/** Incidents go to the log at level `error`, and to `proviso_incidents_total{kind}`. */
export function openIncidents(log: Logger, metrics: Registry): ReportIncident {
  const total = new Counter({
    name: 'proviso_incidents_total',
    help: 'Incidents by kind; docs/monitors.md says what each means.',
    labelNames: ['kind'],
    registers: [metrics],
  });
  // A rate can only be watched of what is there from the start.
  for (const kind of [...Object.keys(RESPONSES), ...Object.keys(EVENTS)]) total.inc({ kind }, 0);
  return (kind, detail) => {
    total.inc({ kind });
    log.error({ ...detail, incident: kind }, 'incident');
  };
}
