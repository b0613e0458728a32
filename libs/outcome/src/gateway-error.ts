import { ERRORS, type ErrorCode } from './codes.js';

/** What a `GatewayError` may carry beside its code. */
export interface GatewayErrorOptions {
  /** FHIRPath expressions of the elements or parameters at fault. Never a value. */
  readonly expression?: readonly string[];
  /** Opaque ids and expressions only, never anything about a person. Shown to the client when `expose`. */
  readonly details?: string;
  /** Seconds for `Retry-After`. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** The one error that is thrown on purpose. Its code decides status and issue; see `ERRORS`. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly issue: string;
  /** Whether `details` may be shown: client faults only. */
  readonly expose: boolean;
  readonly expression: readonly string[];
  readonly details: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, options: GatewayErrorOptions = {}) {
    const row = ERRORS[code];
    super(`${code}: ${options.details ?? row.text}`, { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.status = row.status;
    this.issue = row.issue;
    this.expose = row.status < 500;
    this.expression = options.expression ?? [];
    this.details = options.details;
    this.retryAfterS = options.retryAfterS;
  }
}
