import { pino, type DestinationStream } from 'pino';
import { Counter, type Registry } from 'prom-client';

const STANDARD_OUTPUT = 1;
/** What waits for a reader of the log that is slow, or stands still; more is dropped and counted. */
const WAITING_MAX_BYTES = 8 * 1_048_576;

/** Where the process log goes, and what it may hold of memory. */
export interface LogOutputOptions {
  readonly metrics: Registry;
  readonly fd?: number;
  readonly waitingMaxBytes?: number;
}

/**
 * Lines of one turn leave together; what is left is written when the process exits. Whoever does not read the log must
 * not fill the memory of the gateway: what does not fit is dropped, and counted in `proviso_log_lines_dropped_total`.
 */
export function logOutput(options: LogOutputOptions): DestinationStream {
  const { metrics, fd = STANDARD_OUTPUT, waitingMaxBytes = WAITING_MAX_BYTES } = options;
  const dropped = new Counter({
    name: 'proviso_log_lines_dropped_total',
    help: 'Lines of the process log that were dropped because nobody read them.',
    registers: [metrics],
  });
  const output = pino.destination({ fd, sync: false, maxLength: waitingMaxBytes });
  output.on('drop', () => dropped.inc());
  return output;
}
