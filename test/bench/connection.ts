import { connect, type Socket } from 'node:net';

/** What stands before the body of an answer. */
export interface Head {
  readonly status: number;
  /** Status line and headers. */
  readonly text: string;
}

const HEADERS_END = Buffer.from('\r\n\r\n');
const NO_CONTENT = 204;

/**
 * A keep-alive connection that reads answers with a content length. It writes and reads its socket itself: on two cores an
 * HTTP client takes from the server what it uses.
 */
export class Connection {
  readonly #socket: Socket;
  #waiting: PromiseWithResolvers<Head> | undefined;
  #unread: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  #missing = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('close', () => this.#fail('the connection was closed'));
    socket.on('error', (error) => this.#fail(String(error)));
  }

  /** @param origin `http://host:port` */
  static open(origin: string): Promise<Connection> {
    const { hostname: host, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port: Number(port), noDelay: true }, () =>
        resolve(new Connection(socket)),
      );
      socket.once('error', reject);
    });
  }

  /** Sends a request, and resolves when its answer is here whole. One at a time. */
  ask(request: Buffer): Promise<Head> {
    this.#waiting = Promise.withResolvers();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#head === undefined) {
      this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
      const end = this.#unread.indexOf(HEADERS_END);
      if (end < 0) return;
      this.#head = headOf(this.#unread.toString('latin1', 0, end));
      this.#missing = end + HEADERS_END.length + lengthOf(this.#head) - this.#unread.length;
      this.#unread = Buffer.alloc(0);
    } else {
      this.#missing -= chunk.length;
    }
    if (this.#missing === 0) this.#answered(this.#head);
    else if (!(this.#missing > 0)) this.#fail(`an answer of no known length: ${this.#head.text}`);
  }

  #answered(head: Head): void {
    this.#head = undefined;
    this.#waiting?.resolve(head);
  }

  #fail(why: string): void {
    this.#waiting?.reject(new Error(why));
  }
}

/** A header of an answer, by its name in lower case; empty where there is none. */
export function headerOf({ text }: Head, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(text)?.[1]?.trim() ?? '';
}

function headOf(text: string): Head {
  return { status: Number(text.slice(9, 12)), text };
}

/** Not a number where the answer does not say how long it is. */
function lengthOf(head: Head): number {
  if (head.status === NO_CONTENT) return 0;
  const length = headerOf(head, 'content-length');
  return length === '' ? Number.NaN : Number(length);
}
