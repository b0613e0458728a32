import type { Logger } from 'pino';
import { findingDetails } from '../../../ledger/src/monitor/finding.js';
import { Integrity } from '../../../ledger/src/monitor/integrity.js';
import type { ReportIncident } from './incidents.js';

/** What the monitors of a node have found: told as incidents; what must stop the node halts its log. */
export function openIntegrity(incident: ReportIncident, log: Logger, halt: (why: string) => void): Integrity {
  return new Integrity({
    raised: (finding, check) => incident(finding.kind, { check, ...findingDetails(finding) }),
    settled: ({ kind }, check) => log.warn({ incident: kind, check }, 'an incident is over'),
    stopped: ({ kind }) => halt(kind),
  });
}
