import { Buffer } from 'node:buffer';
import type { Agent, Dispatcher } from 'undici';

/** How an answer begins. */
export interface AnswerHead {
  readonly status: number;
  readonly etag: string | undefined;
  readonly location: string | undefined;
}

/** One request's dispatcher and what came back by it. */
export interface Recorder {
  readonly dispatcher: Dispatcher;
  /** The body as it came over the wire. */
  bytes(): Uint8Array;
  /** Why the body cannot be used, whatever else was thrown. */
  fault(): string | undefined;
  /** Whether the request began to be sent: from then on it may have been received. */
  wasSent(): boolean;
  /** Status and headers, once they came. */
  head(): AnswerHead | undefined;
}

/**
 * Makes the recorder of one request: fetch hands on a body as text only, and text is not what is hashed. The request
 * is given up as soon as its body passes `maxBytes`, or is encoded, since an encoded body may unfold to any size.
 */
export function recorderOf(agent: Agent, maxBytes: number): Recorder {
  const heard: Buffer[] = [];
  let size = 0;
  let fault: string | undefined;
  let wasSent = false;
  let head: AnswerHead | undefined;
  const giveUp = (controller: Dispatcher.DispatchController, reason: string): void => {
    fault = reason;
    controller.abort(new Error(reason));
  };
  const listen = (inner: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => ({
    onRequestStart: (controller, context: unknown) => {
      wasSent = true;
      inner.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (controller, status, headers, socket) =>
      inner.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStart: (controller, status, headers, message) => {
      head = { status, etag: oneOf(headers.etag), location: oneOf(headers.location) };
      if (headers['content-encoding'] !== undefined) {
        giveUp(controller, 'content-encoding');
        return;
      }
      inner.onResponseStart?.(controller, status, headers, message);
    },
    onResponseData: (controller, chunk) => {
      size += chunk.length;
      if (size > maxBytes) {
        giveUp(controller, 'answer too large');
        return;
      }
      heard.push(Buffer.from(chunk));
      inner.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (controller, trailers) => inner.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => inner.onResponseError?.(controller, error),
  });
  return {
    dispatcher: agent.compose((dispatch) => (options, handler) => dispatch(options, listen(handler))),
    bytes: () => Buffer.concat(heard),
    fault: () => fault,
    wasSent: () => wasSent,
    head: () => head,
  };
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
