import type { LogIncident } from '#store';
import type { MonitorFinding } from './finding.js';

/** What no check finds: the log or a request tells it when it happens. */
export type EventKind =
  | Exclude<LogIncident['kind'], MonitorFinding['kind']>
  | 'clock-apart'
  | 'follower-stuck'
  | 'guard-removed'
  | 'integrity-failure'
  | 'internal'
  | 'seal-unavailable';

/** Everything that is told as an incident. */
export type IncidentKind = MonitorFinding['kind'] | EventKind;

/** What an event says, and what to do. */
export interface EventRow {
  /** Who tells it. */
  readonly by: 'log' | 'request' | 'follower';
  readonly found: string;
  readonly next: string;
}

const AUDIT = 'Keep the database as it is; run `proviso audit --database` on a copy.';

/** Every event; `docs/monitors.md` is made from here. */
export const EVENTS: Readonly<Record<EventKind, EventRow>> = {
  'log-halted': {
    by: 'log',
    found: 'The log appends no more, because of the finding that `why` names.',
    next: 'See that finding; start the gateway again when it is dealt with.',
  },
  'log-half-written': {
    by: 'log',
    found:
      'Of records that were committed together some are there and some are not. The log appends no more.',
    next: AUDIT,
  },
  'session-lost': {
    by: 'log',
    found:
      "The row of this gateway's session was gone when its connection came back; it goes on in a new one.",
    next: `The row does not go by itself. ${AUDIT}`,
  },
  'session-vanished': {
    by: 'log',
    found: 'A session was not closed: its process was killed. The start closed it in the log.',
    next: 'Find out why it ended. What it answered last may lack a record.',
  },
  'high-water-failed': {
    by: 'log',
    found:
      'The high-water file could not be written; a rollback of the newest records would not be noticed. It is tried again until it works, and told once.',
    next: 'Make room in `DATA_DIR`, or give it back to the user of the gateway.',
  },
  'follower-stuck': {
    by: 'follower',
    found:
      'A follower of the log failed again and again at one record: what it writes to does not answer, or the record cannot be read. It waits there, and tries again.',
    next: 'The cause stands in the log of the process, under the name of the follower. `integrity-failure`: see the finding `part-altered`.',
  },
  'guard-removed': {
    by: 'request',
    found:
      'The guard removed rows that the statement had let through, and no rule had changed. They did not leave.',
    next: `Statement and guard differ, or somebody edited rows. ${AUDIT}`,
  },
  'integrity-failure': {
    by: 'request',
    found: 'Something that a request needed is not as it was written. The request was refused.',
    next: AUDIT,
  },
  internal: {
    by: 'request',
    found: 'Something unforeseen stopped a request; the client was told its id and no more.',
    next: 'Look for the id in the log of the process, and report the fault.',
  },
  'seal-unavailable': {
    by: 'request',
    found: 'An answer could not be sealed, and was not sent.',
    next: 'Look at the database, and whether the log appends no more; `overloaded` in the cause: give it room.',
  },
  'clock-apart': {
    by: 'request',
    found: 'The clock, the newest block and the newest record are more than 30 s apart.',
    next: 'Set the clock; where it is right, look whether the chain stands still.',
  },
};
