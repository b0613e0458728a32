import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';
import type { Config } from '#config';
import { errorFields } from './error-fields.js';

/** Members that never reach the log, wherever an object is logged. */
const SECRET = [
  'authorization',
  'cookie',
  'password',
  'client_assertion',
  'client_secret',
  'access_token',
  'token',
  'privateKey',
  'body',
];

/**
 * The process log: JSON lines to where `destination` says, which is `logOutput` where there is a process.
 *
 * Errors lose their text unless it is ours, secrets are blanked one and two levels deep, requests are never logged whole.
 */
export function createLogger(level: Config['LOG_LEVEL'], destination: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    serializers: { err: errorFields, error: errorFields, req: requestFields, res: stdSerializers.res },
  };
  return pino(options, destination);
}

/** Method and id alone: a path names records, a query says what was looked for. */
function requestFields(request: { readonly id?: unknown; readonly method?: unknown }) {
  return { id: request.id, method: request.method };
}

/** A Nest logger that writes to the process log: Nest's own lines at `debug`, its warnings and errors as such. */
export function nestLogger(log: Logger) {
  const write = (level: 'debug' | 'warn' | 'error' | 'fatal') => (message: unknown) => {
    if (typeof message === 'string') log[level]({ part: 'nest' }, message);
    else log[level]({ part: 'nest', err: message });
  };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}
