import { GatewayError, type ErrorCode } from '#outcome';

/** How a request to a vendor failed. */
export interface VendorFailure {
  readonly code: Extract<ErrorCode, 'source-unavailable' | 'source-timeout' | 'source-invalid'>;
  /** A short reason without anything of the request or the answer. */
  readonly reason: string;
  /** Whether the same request may work a little later. */
  readonly again: boolean;
  readonly status: number | undefined;
  readonly retryAfter: string | null;
}

/** The statuses that a later try may turn into an answer. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Reads what fhir-kit-client or fetch threw. Their messages and URLs may name a person: none of it is kept.
 */
export function failureOf(error: unknown): VendorFailure {
  const status = statusOf(error);
  if (status !== undefined) {
    return ofStatus(status, headerOf(error, 'retry-after'));
  }
  if (isNamed(error, 'TimeoutError') || isNamed(error, 'AbortError')) {
    return failure('source-timeout', 'no answer in time', false);
  }
  const cause = member(error, 'cause');
  if (member(cause, 'message') === 'unexpected redirect') {
    return failure('source-invalid', 'redirect', false);
  }
  return failure('source-unavailable', codeOf(cause) ?? 'connection failed', true);
}

/** The error for a failure. Its details name the source and the reason, nothing else. */
export function errorOf(source: string, failed: VendorFailure, retryAfterS?: number): GatewayError {
  return new GatewayError(failed.code, {
    details: `${source}: ${failed.reason}`,
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  });
}

/** A failure that another try would not mend. */
export function invalid(source: string, reason: string): GatewayError {
  return new GatewayError('source-invalid', { details: `${source}: ${reason}` });
}

function ofStatus(status: number, retryAfter: string | null): VendorFailure {
  if (status < 400) {
    return failure('source-invalid', 'answer is not JSON', false, { status });
  }
  if (PASSING.has(status)) {
    return failure('source-unavailable', `status ${status}`, true, { status, retryAfter });
  }
  const code = status === 401 ? 'source-unavailable' : 'source-invalid';
  return failure(code, `status ${status}`, false, { status });
}

function failure(
  code: VendorFailure['code'],
  reason: string,
  again: boolean,
  answer: { readonly status?: number; readonly retryAfter?: string | null } = {},
): VendorFailure {
  return { code, reason, again, status: answer.status, retryAfter: answer.retryAfter ?? null };
}

function statusOf(error: unknown): number | undefined {
  const status = member(member(error, 'response'), 'status');
  return typeof status === 'number' ? status : undefined;
}

function headerOf(error: unknown, name: string): string | null {
  const headers = member(member(error, 'config'), 'headers');
  return headers instanceof Headers ? headers.get(name) : null;
}

function codeOf(error: unknown): string | undefined {
  const code = member(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

function isNamed(error: unknown, name: string): boolean {
  return member(error, 'name') === name;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
