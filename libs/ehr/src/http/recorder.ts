import { Buffer } from 'node:buffer';
import type { Agent, Dispatcher } from 'undici';

/** One request's dispatcher and what came back by it. The agent bounds the number of bytes. */
export interface Recorder {
  readonly dispatcher: Dispatcher;
  /** The body as it came over the wire. */
  bytes(): Uint8Array;
  /** The body's content-encoding, where it has one. */
  encoding(): string | undefined;
}

/** Makes the recorder of one request: fetch hands on a body as text only, and text is not what is hashed. */
export function recorderOf(agent: Agent): Recorder {
  const heard: Buffer[] = [];
  let encoding: string | undefined;
  const listen = (inner: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler => ({
    onRequestStart: (controller, context: unknown) => inner.onRequestStart?.(controller, context),
    onRequestUpgrade: (controller, status, headers, socket) =>
      inner.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStart: (controller, status, headers, message) => {
      encoding = [headers['content-encoding']].flat().join() || undefined;
      inner.onResponseStart?.(controller, status, headers, message);
    },
    onResponseData: (controller, chunk) => {
      heard.push(Buffer.from(chunk));
      inner.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (controller, trailers) => inner.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => inner.onResponseError?.(controller, error),
  });
  return {
    dispatcher: agent.compose((dispatch) => (options, handler) => dispatch(options, listen(handler))),
    bytes: () => Buffer.concat(heard),
    encoding: () => encoding,
  };
}
