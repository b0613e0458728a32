import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Seal } from '#provenance';
import type { Rendered, SealedAnswer } from './served.js';

/**
 * Routes whose answers are constant, public, or about nobody, and leave without a seal: the closed list.
 * A test walks all routes and holds them against it.
 */
export const UNSEALED = [
  'capabilities',
  'smart-configuration',
  'oauth',
  'health',
  'metrics',
  'log',
  'challenge',
  'unidentified',
] as const;

/** The name of an unsealed route. */
export type UnsealedRoute = (typeof UNSEALED)[number];

/** Sends an answer whose record is in the log. There is no other way to send one about somebody. */
export function respond(reply: FastifyReply, { answer, seal }: SealedAnswer): void {
  const { link, ...headers } = receiptHeaders(seal);
  const links = [answer.headers['link'] ?? [], link].flat().join(', ');
  send(reply, { ...answer, headers: { ...answer.headers, ...headers, link: links } });
}

/**
 * Begins an answer that goes on after its opening, whose record is in the log. What follows MUST be about what the log knows
 * already: each event of the stream is of a record that was sealed before.
 */
export function respondStream(reply: FastifyReply, { answer, seal }: SealedAnswer, stream: Readable): void {
  reply.code(answer.status);
  reply.headers({ ...answer.headers, ...receiptHeaders(seal) });
  reply.send(stream);
}

/** Sends an answer of a route on the closed list. */
export function respondUnsealed(reply: FastifyReply, _route: UnsealedRoute, answer: Rendered): void {
  send(reply, answer);
}

/** The receipt: where the record is, and under which size it is included. */
function receiptHeaders(seal: Seal) {
  const leaf = Buffer.from(seal.leaf).toString('hex');
  return {
    'provenance-receipt': `${seal.origin};index=${seal.index};leaf=${leaf};size=${seal.size}`,
    link: `</receipts/${seal.index}>; rel="describedby"; type="application/json"`,
    'cache-control': 'no-store',
  };
}

function send(reply: FastifyReply, answer: Rendered): void {
  reply.code(answer.status);
  reply.headers(answer.headers);
  const { buffer, byteOffset, byteLength } = answer.body;
  // An answer without a body must not be given a content type.
  reply.send(byteLength === 0 ? undefined : Buffer.from(buffer, byteOffset, byteLength));
}
