/** The `code` of what was thrown: an SQLSTATE from the server, an errno name from the system; `undefined` where there is none. */
export function errorCode(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
