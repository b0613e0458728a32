import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a receiver does with a message: a code to answer with, or hanging up without a word. */
export type Manner = 'AA' | 'AE' | 'AR' | 'hang-up' | 'silent';

/** A listener that keeps what it was sent, and answers as it is told; by default AA. */
export class Receiver {
  readonly heard: string[] = [];
  readonly #manners: Manner[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server = createServer();
  #port = 0;

  /** Listens, at the same port as before. */
  async listen(): Promise<number> {
    this.#server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    const address: AddressInfo | string | null = this.#server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return this.#port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** How the next messages are answered, one after the other. */
  next(...manners: readonly Manner[]): void {
    this.#manners.push(...manners);
  }

  /** MSH-10 of what was heard, in order. */
  get controlIds(): readonly string[] {
    return this.heard.map((message) => message.split('|')[9] ?? '');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket.setEncoding('latin1'));
    let held = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      held += String(chunk);
      const frames = held.split('\u001c\r');
      held = frames.pop() ?? '';
      for (const frame of frames) this.#take(frame.slice(1), socket);
    });
  }

  #take(message: string, socket: Socket): void {
    this.heard.push(message);
    const manner = this.#manners.shift() ?? 'AA';
    if (manner === 'hang-up') socket.destroy();
    else if (manner !== 'silent') {
      const id = message.split('|')[9] ?? '';
      socket.write(`\u000bMSH|^~\\&|R|R|||20250101||ACK|1|P|2.5.1\rMSA|${manner}|${id}\r\u001c\r`, 'latin1');
    }
  }
}
