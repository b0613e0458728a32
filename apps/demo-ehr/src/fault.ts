import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Answer } from './answer.js';

const Kind = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('slow'), ms: z.number().int().min(1).max(600_000) }),
  z.object({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599),
    /** Seconds or an HTTP date, sent as it is. */
    retryAfter: z.string().optional(),
  }),
  z.object({ kind: z.literal('cut'), afterBytes: z.number().int().min(0) }),
  z.object({ kind: z.literal('garbage') }),
  z.object({ kind: z.literal('truncated') }),
  z.object({ kind: z.literal('gzip') }),
  z.object({
    kind: z.literal('huge'),
    bytes: z
      .number()
      .int()
      .min(1)
      .max(512 * 1024 * 1024),
  }),
  z.object({ kind: z.literal('html') }),
  z.object({ kind: z.literal('redirect'), url: z.string() }),
  z.object({ kind: z.literal('loop') }),
  z.object({ kind: z.literal('empty-pages') }),
  z.object({ kind: z.literal('duplicates') }),
  z.object({ kind: z.literal('foreign-next'), url: z.string() }),
  z.object({ kind: z.literal('warning'), code: z.string().default('4119') }),
  z.object({ kind: z.literal('not-a-bundle') }),
  z.object({ kind: z.literal('refuse-token') }),
  /** Nothing is written. */
  z.object({ kind: z.literal('refuse-write'), status: z.number().int().min(400).max(599) }),
  /** Nothing is written, and no answer comes: as if the request had been lost on its way. */
  z.object({ kind: z.literal('lose-write') }),
  /** It is written, and no answer comes. */
  z.object({ kind: z.literal('write-then-hang') }),
  z.object({ kind: z.literal('drop-token') }),
]);

/** A misbehaviour that was asked for: what, on which paths, how often. */
export const Fault = z.intersection(
  Kind,
  z.object({
    /** A part of path and query that must be there. */
    match: z.string().default(''),
    /** How often, then it wears off. Absent: until it is taken back. */
    times: z.number().int().min(1).optional(),
  }),
);

/** A misbehaviour. */
export type Fault = z.infer<typeof Fault>;

/** The kinds of misbehaviour. */
export type FaultKind = Fault['kind'];

/** Holds what was asked for and counts it down. */
export class FaultBoard {
  #faults: { readonly fault: Fault; left: number }[] = [];

  set(faults: readonly Fault[]): void {
    this.#faults = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));
  }

  list(): readonly Fault[] {
    return this.#faults.filter(({ left }) => left > 0).map(({ fault }) => fault);
  }

  /** The first fault of a kind that is due on a path, counted down. */
  take<K extends FaultKind>(kind: K, url: string): Extract<Fault, { kind: K }> | undefined {
    for (const entry of this.#faults) {
      if (entry.left > 0 && isKind(entry.fault, kind) && url.includes(entry.fault.match)) {
        entry.left -= 1;
        return entry.fault;
      }
    }
    return undefined;
  }
}

function isKind<K extends FaultKind>(fault: Fault, kind: K): fault is Extract<Fault, { kind: K }> {
  return fault.kind === kind;
}

/** Spoils a finished answer by every fault of the wire that is due on a path. */
export function spoil(board: FaultBoard, url: string, answer: Answer): Answer {
  return SPOILERS.reduce((spoilt, spoiler) => spoiler(board, url, spoilt), answer);
}

const SPOILERS: readonly ((board: FaultBoard, url: string, answer: Answer) => Answer)[] = [
  (board, url, answer) => {
    const fault = board.take('status', url);
    const headers = fault?.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
    return fault === undefined ? answer : { status: fault.status, headers, body: '' };
  },
  (board, url, answer) =>
    board.take('garbage', url) === undefined ? answer : { ...answer, body: Buffer.alloc(512, 0x9c) },
  (board, url, answer) =>
    board.take('gzip', url) === undefined
      ? answer
      : {
          ...answer,
          headers: { ...answer.headers, 'content-encoding': 'gzip' },
          body: gzipSync(answer.body),
        },
  (board, url, answer) =>
    board.take('truncated', url) === undefined
      ? answer
      : { ...answer, body: Buffer.from(answer.body).subarray(0, Math.floor(answer.body.length / 2)) },
  (board, url, answer) =>
    board.take('html', url) === undefined
      ? answer
      : {
          status: 200,
          headers: { 'content-type': 'text/html' },
          body: '<html><body>Maintenance</body></html>',
        },
  (board, url, answer) => {
    const fault = board.take('huge', url);
    return fault === undefined ? answer : { ...answer, body: Buffer.alloc(fault.bytes, 0x20) };
  },
  (board, url, answer) => {
    const fault = board.take('redirect', url);
    return fault === undefined ? answer : { status: 302, headers: { location: fault.url }, body: '' };
  },
  (board, url, answer) => {
    const fault = board.take('cut', url);
    return fault === undefined ? answer : { ...answer, cutAfterBytes: fault.afterBytes };
  },
  (board, url, answer) => {
    const fault = board.take('slow', url);
    return fault === undefined ? answer : { ...answer, delayMs: fault.ms };
  },
];
