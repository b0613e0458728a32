import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { parseStrict, type JsonObject } from '#digest';
import { isObject } from '#fhir';
import { GatewayError } from '#outcome';
import type { SenderProfile, V2Normalised } from '#normalize';

/** Beside this file; a build has it as JavaScript, and Node runs the source as it is. */
const SCRIPT = new URL(`./conversion.main${extname(import.meta.url)}`, import.meta.url);
/** A conversion that takes longer is given up. */
const LIMIT_MS = 120_000;
/** A thread that is not ready by then is given up. It loads the definitions of FHIR. */
const START_LIMIT_MS = 120_000;
const MEMORY_MIB = 1_024;
/** Without a bound this grows for minutes, to a hundred, and converts no faster. */
const YOUNG_MIB = 16;

/** What may differ in a test. */
export interface ConversionThreadOptions {
  /** For one conversion. */
  readonly limitMs?: number;
  readonly startLimitMs?: number;
  readonly script?: URL;
}

/** What the thread is told. */
export interface ConversionRequest {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** The source that sent it. */
  readonly source: string;
}

type Converted = V2Normalised['resources'][number];

/** A resource on its way between threads: as text where a number has digits that a copy would lose. */
export type CarriedResource = Omit<Converted, 'resource'> &
  ({ readonly plain: JsonObject } | { readonly text: string });

/** What the thread answers. */
export type ConversionReply = { readonly id: number } & (
  | {
      readonly kind: 'done';
      readonly normalised: Omit<V2Normalised, 'resources'>;
      readonly resources: readonly CarriedResource[];
    }
  | { readonly kind: 'failed'; readonly cause: unknown }
);

/** What the thread says: `ready` once, when it is loaded, and then a reply to each request. */
export type ConversionNews = { readonly kind: 'ready' } | ConversionReply;

interface Waiting extends Omit<ConversionRequest, 'id'> {
  readonly resolve: (normalised: V2Normalised) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Converts messages in a thread of its own, one after the other: a large one keeps nobody else waiting, and the second core
 * has work. A conversion that ends the thread, or takes too long, fails alone; those behind it go to a new thread. A thread that
 * does not get ready is no message's fault: what waits for it may be tried again.
 */
export class ConversionThread {
  readonly #senders: readonly SenderProfile[];
  readonly #options: Required<ConversionThreadOptions>;
  /** In the order in which the thread takes them. */
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #isReady = false;
  #next = 0;
  #limit: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(senders: readonly SenderProfile[], options: ConversionThreadOptions = {}) {
    this.#senders = senders;
    this.#options = { limitMs: LIMIT_MS, startLimitMs: START_LIMIT_MS, script: SCRIPT, ...options };
  }

  /**
   * @throws GatewayError `internal` where the conversion ended the thread or took too long; `overloaded` where it never began,
   * or was stopped
   */
  normalise(bytes: Uint8Array, source: string): Promise<V2Normalised> {
    if (this.#isStopped) return Promise.reject(notBegun('stopped'));
    const { promise, resolve, reject } = Promise.withResolvers<V2Normalised>();
    const id = this.#next++;
    this.#waiting.set(id, { bytes, source, resolve, reject });
    this.#post(id, { bytes, source });
    return promise;
  }

  /** Ends the thread; what waits is rejected. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#thread?.terminate();
  }

  #post(id: number, { bytes, source }: Omit<ConversionRequest, 'id'>): void {
    try {
      this.#thread ??= this.#start();
    } catch (cause) {
      return this.#ended(cause);
    }
    // A view's copy would bring along all that its buffer holds.
    const own = new Uint8Array(bytes);
    this.#thread.postMessage({ id, bytes: own, source } satisfies ConversionRequest, [own.buffer]);
    if (this.#waiting.size === 1) this.#watch();
  }

  #start(): Worker {
    const senders = new Map(this.#senders.map((sender) => [sender.id, sender]));
    this.#isReady = false;
    const thread = new Worker(this.#options.script, {
      workerData: senders,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB, maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    let cause: unknown;
    thread.on('message', (news: ConversionNews) => this.#hear(news));
    thread.on('error', (error) => (cause = error));
    thread.on('exit', () => this.#ended(cause));
    // Whoever waits for a message keeps the process alive.
    thread.unref();
    return thread;
  }

  #hear(news: ConversionNews): void {
    if (news.kind === 'ready') this.#isReady = true;
    else this.#settle(news);
    this.#watch();
  }

  #settle(reply: ConversionReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'failed') waiting?.reject(reply.cause);
    else waiting?.resolve({ ...reply.normalised, resources: reply.resources.map(arrived) });
  }

  #ended(cause: unknown): void {
    this.#thread = undefined;
    const [first, ...others] = this.#waiting;
    if (first === undefined) return;
    if (this.#isStopped) this.#reject([first, ...others], notBegun('stopped'));
    else if (this.#isReady)
      this.#reject([first], new GatewayError('internal', { details: 'conversion', cause }));
    else this.#reject([first, ...others], notBegun('conversion-thread', cause));
    for (const [id, waiting] of this.#waiting) this.#post(id, waiting);
    this.#watch();
  }

  #reject(which: readonly (readonly [number, Waiting])[], error: GatewayError): void {
    for (const [id, { reject }] of which) {
      this.#waiting.delete(id);
      reject(error);
    }
  }

  /** The time of the one that is being converted begins, or that of the thread to get ready. */
  #watch(): void {
    clearTimeout(this.#limit);
    if (this.#waiting.size === 0) return;
    const { limitMs, startLimitMs } = this.#options;
    const terminate = (): void => void this.#thread?.terminate();
    this.#limit = setTimeout(terminate, this.#isReady ? limitMs : startLimitMs);
    this.#limit.unref();
  }
}

function arrived(carried: CarriedResource): Converted {
  if ('plain' in carried) {
    const { plain, ...one } = carried;
    return { ...one, resource: plain };
  }
  const { text, ...one } = carried;
  const resource = parseStrict(Buffer.from(text));
  if (!isObject(resource)) throw new GatewayError('internal', { details: 'conversion' });
  return { ...one, resource };
}

function notBegun(details: string, cause?: unknown): GatewayError {
  return new GatewayError('overloaded', { details, cause });
}
