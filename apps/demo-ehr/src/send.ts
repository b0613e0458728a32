import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Asked } from './answer.js';

/** Reads what the handlers need from a request. */
export function asked(request: FastifyRequest): Asked {
  const [, query = ''] = request.url.split('?', 2);
  return {
    method: request.method,
    url: request.url,
    authorization: request.headers.authorization,
    params: new URLSearchParams(request.method === 'POST' ? formOf(request.body) : query),
    type: pathPart(request.params, 'type'),
    id: pathPart(request.params, 'id'),
    body: typeof request.body === 'string' ? request.body : '',
    ifMatch: request.headers['if-match'],
    idempotencyKey: headerOf(request, 'idempotency-key'),
  };
}

/** Writes an answer to the socket, with the delay or the cut that a fault put into it. */
export async function send(reply: FastifyReply, pending: Answer | Promise<Answer>): Promise<void> {
  const answer = await pending;
  const body = Buffer.from(answer.body);
  const { raw } = reply.hijack();
  if (answer.delayMs !== undefined) {
    await patience(reply, answer.delayMs);
  }
  raw.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
  if (answer.cutAfterBytes === undefined) {
    raw.end(body);
    return;
  }
  raw.write(body.subarray(0, Math.min(answer.cutAfterBytes, body.length - 1)), () => raw.destroy());
}

/** Waits, but not for a caller who has gone. */
async function patience(reply: FastifyReply, ms: number): Promise<void> {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    gone.abort();
  });
  try {
    await sleep(ms, undefined, { signal: gone.signal, ref: false });
  } catch (error) {
    if (!gone.signal.aborted) {
      throw error;
    }
  }
}

function formOf(body: unknown): Record<string, string> {
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function pathPart(params: unknown, name: string): string {
  const value: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, name) : '';
  return typeof value === 'string' ? value : '';
}
