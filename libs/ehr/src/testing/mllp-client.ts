import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { GatewayError } from '#outcome';
import { frameOf, FrameReader } from '../mllp/frame-reader.js';
import { timer } from '../mllp/timer.js';

const MIB = 1_048_576;
const STRAY_BYTES = 4_096;

/** Whom a client connects to. */
export interface MllpClientOptions {
  readonly host: string;
  readonly port: number;
  /** Certificate, key and authority; absent: plaintext. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'> | undefined;
  /** Time to connect, and for one answer. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** A sender: frames out, answers in, in order. One that fails is of no more use. */
export class MllpClient {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #reader = new FrameReader({ frameBytes: 16 * MIB, strayBytes: STRAY_BYTES });
  readonly #waiting: PromiseWithResolvers<Uint8Array>[] = [];
  #failure: GatewayError | undefined;

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => this.#fail(unavailable('closed')));
    socket.on('error', (cause) => this.#fail(unavailable('broken', cause)));
  }

  /** @throws GatewayError `source-unavailable`, `source-timeout` */
  static async connect(options: MllpClientOptions): Promise<MllpClient> {
    const { host, port, tls, timeoutMs = TIMEOUT_MS } = options;
    const socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ ...tls, host, port });
    const late = timer(timeoutMs);
    const connected = new Promise<'connected'>((resolve, reject) => {
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => resolve('connected'));
      socket.once('error', (cause) => reject(unavailable('not connected', cause)));
    });
    try {
      if ((await Promise.race([connected, late.passed])) === 'connected')
        return new MllpClient(socket, timeoutMs);
      throw new GatewayError('source-timeout', { details: 'MLLP connect' });
    } catch (cause) {
      socket.destroy();
      throw cause;
    } finally {
      late.clear();
    }
  }

  /**
   * Sends a message and gives the payload of its answer. Several may be under way: answers come in order.
   * @throws GatewayError `source-unavailable` where the connection ends first, `source-timeout`. Whether the message was
   *   kept is then unknown: it is to be sent again, the same bytes.
   */
  async send(message: Uint8Array): Promise<Uint8Array> {
    if (this.#failure !== undefined) throw this.#failure;
    const waiting = Promise.withResolvers<Uint8Array>();
    this.#waiting.push(waiting);
    this.#socket.write(frameOf(message));
    const late = timer(this.#timeoutMs);
    const answer = await Promise.race([waiting.promise, late.passed]).finally(() => late.clear());
    if (answer instanceof Uint8Array) return answer;
    const failure = new GatewayError('source-timeout', { details: 'MLLP answer' });
    this.#fail(failure);
    throw failure;
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.end();
    this.#socket.destroySoon();
    await closed;
  }

  #take(chunk: Uint8Array): void {
    for (const event of this.#reader.push(chunk)) {
      if (event.kind === 'frame') this.#waiting.shift()?.resolve(event.payload);
      else this.#fail(unavailable(event.fault));
    }
  }

  #fail(failure: GatewayError): void {
    this.#failure ??= failure;
    this.#socket.destroy();
    for (const { promise, reject } of this.#waiting.splice(0)) {
      promise.catch(() => undefined);
      reject(failure);
    }
  }
}

function unavailable(why: string, cause?: unknown): GatewayError {
  return new GatewayError('source-unavailable', { details: `MLLP: ${why}`, cause });
}
