import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { RpcError } from '../rpc-error.js';
import type { Rpc } from '../rpc.js';

/** A call, with what the node behind answered. */
export interface Overheard {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly result: unknown;
}

/** What a lying node says instead: another result, bytes as they are, or nothing for ever. */
export type Said =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'bytes'; readonly bytes: string }
  | { readonly kind: 'silence' };

/** Says what is answered to a call; `undefined`: what the node behind answered. */
export type Lie = (overheard: Overheard) => Said | undefined;

/** An endpoint over HTTP in front of a real node: honest until it is told a lie. */
export class LyingNode {
  readonly url: string;
  lie: Lie | undefined;
  readonly #server: http.Server;

  private constructor(server: http.Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(rpc: Rpc, lie?: Lie): Promise<LyingNode> {
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => void node.#answer(rpc, Buffer.concat(chunks).toString(), response));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address: AddressInfo | string | null = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const node = new LyingNode(server, `http://127.0.0.1:${port ?? 0}`);
    node.lie = lie;
    return node;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(rpc: Rpc, body: string, response: http.ServerResponse): Promise<void> {
    const { id, method, params } = JSON.parse(body);
    const reply = await rpc.call(method, params).then(
      (result) => ({ result }),
      (error: unknown) => ({ error: errorOf(error) }),
    );
    const result = 'result' in reply ? reply.result : undefined;
    const said = this.lie?.({ method, params, result });
    switch (said?.kind) {
      case undefined:
        response.end(JSON.stringify({ jsonrpc: '2.0', id, ...reply }));
        return;
      case 'result':
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result: said.result }));
        return;
      case 'bytes':
        response.end(said.bytes);
        return;
      case 'silence':
        return;
      default:
        said satisfies never;
    }
  }
}

function errorOf(error: unknown): { code: number; message: string; data?: unknown } {
  if (error instanceof RpcError && error.fault.kind === 'answer') {
    const { code, message, data } = error.fault;
    return { code, message, data };
  }
  return { code: -32_603, message: String(error) };
}
