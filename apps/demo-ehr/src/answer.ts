/** What is to be sent, decided before anything touches a socket, so that faults are plain functions of it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Sends this many bytes of the body under its full length, then cuts the connection. */
  readonly cutAfterBytes?: number;
  readonly delayMs?: number;
}

/** A request as the handlers see it. */
export interface Asked {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  readonly authorization: string | undefined;
  /** Query parameters, or the form of a search by POST. */
  readonly params: URLSearchParams;
  readonly type: string;
  readonly id: string;
  /** Of a write; else empty. */
  readonly body: string;
  readonly ifMatch: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** A FHIR answer of already written JSON. */
export function fhir(status: number, text: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/fhir+json; charset=utf-8', ...headers },
    body: text,
  };
}

/** An answer of plain JSON. */
export function json(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  };
}

/** A refusal as an OperationOutcome in this vendor's own words. */
export function outcome(
  status: number,
  code: string,
  text: string,
  headers: Record<string, string> = {},
): Answer {
  const issue = [{ severity: 'error', code, diagnostics: text }];
  return fhir(status, JSON.stringify({ resourceType: 'OperationOutcome', issue }), headers);
}
