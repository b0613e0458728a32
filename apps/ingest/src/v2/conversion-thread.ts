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
const MEMORY_MIB = 1_024;

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

interface Waiting extends Omit<ConversionRequest, 'id'> {
  readonly resolve: (normalised: V2Normalised) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Converts messages in a thread of its own, one after the other: a large one keeps nobody else waiting, and the second core
 * has work. A conversion that ends the thread, or takes too long, fails alone; those behind it go to a new thread.
 */
export class ConversionThread {
  readonly #senders: readonly SenderProfile[];
  readonly #limitMs: number;
  /** In the order in which the thread takes them. */
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #next = 0;
  #limit: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(senders: readonly SenderProfile[], limitMs = LIMIT_MS) {
    this.#senders = senders;
    this.#limitMs = limitMs;
  }

  /** @throws GatewayError `internal` where the conversion ended the thread, took too long, or was stopped */
  normalise(bytes: Uint8Array, source: string): Promise<V2Normalised> {
    if (this.#isStopped) return Promise.reject(ended('stopped'));
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
    this.#thread ??= this.#start();
    // A view's copy would bring along all that its buffer holds.
    const own = new Uint8Array(bytes);
    this.#thread.postMessage({ id, bytes: own, source } satisfies ConversionRequest, [own.buffer]);
    if (this.#waiting.size === 1) this.#watch();
  }

  #start(): Worker {
    const senders = new Map(this.#senders.map((sender) => [sender.id, sender]));
    const thread = new Worker(SCRIPT, {
      workerData: senders,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    });
    let cause: unknown;
    thread.on('message', (reply: ConversionReply) => this.#settle(reply));
    thread.on('error', (error) => (cause = error));
    thread.on('exit', () => this.#ended(cause));
    // Whoever waits for a message keeps the process alive.
    thread.unref();
    return thread;
  }

  #settle(reply: ConversionReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    this.#watch();
    if (reply.kind === 'failed') waiting?.reject(reply.cause);
    else waiting?.resolve({ ...reply.normalised, resources: reply.resources.map(arrived) });
  }

  #ended(cause: unknown): void {
    this.#thread = undefined;
    const [first, ...others] = this.#waiting;
    if (first === undefined) return;
    const failed = this.#isStopped ? [first, ...others] : [first];
    for (const [id, { reject }] of failed) {
      this.#waiting.delete(id);
      reject(ended('conversion', cause));
    }
    for (const [id, waiting] of this.#waiting) this.#post(id, waiting);
    this.#watch();
  }

  /** The time of the one that is being converted begins. */
  #watch(): void {
    clearTimeout(this.#limit);
    if (this.#waiting.size === 0) return;
    this.#limit = setTimeout(() => void this.#thread?.terminate(), this.#limitMs);
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

function ended(details: string, cause?: unknown): GatewayError {
  return new GatewayError('internal', { details, cause });
}
