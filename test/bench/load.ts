import { connect, type Socket } from 'node:net';
import { percentile } from './statistics.js';

/** What is asked for, again and again. */
export interface Load {
  /** `http://host:port` */
  readonly origin: string;
  /** Paths with query, taken in turn. */
  readonly paths: readonly string[];
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
}

/** What a load met. Milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly seconds: number;
}

const HEADERS_END = Buffer.from('\r\n\r\n');
const OK = 'HTTP/1.1 200';

/**
 * Asks over so many keep-alive connections, one request at a time on each, and takes only answers of status 200.
 * It writes and reads sockets itself: on two cores an HTTP client takes from the server what it uses.
 * @throws where an answer is something else
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const taken: number[] = [];
  const { hostname, port } = new URL(load.origin);
  const requests = load.paths.map((path) =>
    Buffer.from(
      `GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${load.token}\r\n` +
        'accept: application/fhir+json\r\n\r\n',
    ),
  );
  const start = performance.now();
  const untilMs = start + load.seconds * 1_000;
  let next = 0;
  await Promise.all(
    Array.from({ length: load.connections }, async () => {
      const connection = await Connection.open(hostname, Number(port));
      try {
        for (let now = performance.now(); now < untilMs;) {
          const request = requests[next++ % requests.length];
          // oxlint-disable-next-line no-await-in-loop -- one request at a time on a connection
          if (request !== undefined) await connection.ask(request);
          const answered = performance.now();
          taken.push(answered - now);
          now = answered;
        }
      } finally {
        connection.close();
      }
    }),
  );
  const seconds = (performance.now() - start) / 1_000;
  return {
    requests: taken.length,
    perSecond: taken.length / seconds,
    p50Ms: percentile(taken, 0.5),
    p99Ms: percentile(taken, 0.99),
    seconds,
  };
}

/** A keep-alive connection that reads answers with a content length. */
class Connection {
  readonly #socket: Socket;
  #waiting: PromiseWithResolvers<void> | undefined;
  #head: Buffer = Buffer.alloc(0);
  #missing = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('close', () => this.#fail('the connection was closed'));
    socket.on('error', (error) => this.#fail(String(error)));
  }

  static open(host: string, port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true }, () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  ask(request: Buffer): Promise<void> {
    this.#waiting = Promise.withResolvers();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#missing > 0) {
      this.#missing -= chunk.length;
    } else {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
      const end = this.#head.indexOf(HEADERS_END);
      if (end < 0) return;
      this.#missing =
        end + HEADERS_END.length + lengthIn(this.#head.toString('latin1', 0, end)) - this.#head.length;
      this.#head = Buffer.alloc(0);
    }
    if (this.#missing === 0) this.#waiting?.resolve();
    else if (this.#missing < 0) this.#fail('an answer longer than it says');
  }

  #fail(why: string): void {
    this.#waiting?.reject(new Error(why));
  }
}

function lengthIn(head: string): number {
  const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
  if (!head.startsWith(OK) || length === undefined) throw new Error(`not as expected: ${head}`);
  return Number(length);
}
