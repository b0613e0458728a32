import { type Caller, tokenOf } from './callers.js';
import type { System } from './system.js';

/** A question as a client puts it. */
export interface Question {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS';
  /** Path below the base, with query. */
  readonly target: string;
  /** Text of a form, for a search by POST. */
  readonly form?: string;
  /** A body to be written, with its content type among the headers. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `undefined`: no token. */
  readonly authorization?: string | undefined;
}

/** All that a client can see of an answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** What may differ between twins: the time, the request's own id, and the receipt with its link. */
const OWN = new Set(['date', 'x-request-id', 'provenance-receipt', 'link', 'connection']);

/** Puts a question through HTTP, and takes from the answer what is never alike. */
export async function ask(system: System, caller: Caller, question: Question): Promise<Answer> {
  const { method = 'GET', target, form, body = form, headers = {} } = question;
  const authorization = 'authorization' in question ? question.authorization : tokenOf(caller);
  const response = await system.http.inject({
    method,
    url: `/fhir/R4${target}`,
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: body }),
  });
  return {
    status: response.statusCode,
    headers: Object.fromEntries(Object.entries(response.headers).filter(([name]) => !OWN.has(name))),
    body: response.body,
  };
}
