import http from 'node:http';
import https from 'node:https';
import type { CallOptions, Rpc } from './rpc.js';
import { RpcError } from './rpc-error.js';

/** Limits of one endpoint. */
export interface EndpointOptions {
  readonly timeoutMs: number;
  /** A longer reply is cut off while it streams in. */
  readonly maxReplyBytes: number;
}

const MAX_CONNECTIONS = 32;

/** One JSON-RPC endpoint over HTTP. */
export class HttpEndpoint implements Rpc {
  readonly #url: URL;
  readonly #options: EndpointOptions;
  readonly #agent: http.Agent;
  #nextId = 1;

  constructor(url: string, options: EndpointOptions) {
    this.#url = new URL(url);
    this.#options = options;
    const agentOptions = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
    this.#agent =
      this.#url.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
  }

  /** Makes one call. Throws `RpcError`. */
  async call(method: string, params: readonly unknown[], options: CallOptions = {}): Promise<unknown> {
    const id = this.#nextId++;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    return parseReply((await this.post(body, options.timeoutMs)).toString('utf8'));
  }

  /** Exchanges bytes as they are. Throws `RpcError` where there is no reply, not for one that holds an error. */
  post(body: string, timeoutMs: number = this.#options.timeoutMs): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const transport = this.#url.protocol === 'https:' ? https : http;
      const request = transport.request(this.#url, {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      const timer = setTimeout(() => {
        request.destroy(new RpcError({ kind: 'timeout', timeoutMs }));
      }, timeoutMs);
      const settle = (error: unknown, reply: Buffer = Buffer.alloc(0)): void => {
        clearTimeout(timer);
        if (error === undefined) resolve(reply);
        else reject(error instanceof RpcError ? error : new RpcError({ kind: 'unreachable', cause: error }));
      };
      request.on('error', settle);
      request.on('response', (response) => {
        collect(response, this.#options.maxReplyBytes).then((reply) => settle(undefined, reply), settle);
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function collect(response: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.length;
    if (bytes > maxBytes) {
      response.destroy();
      throw new RpcError({ kind: 'too-large', maxBytes });
    }
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

function parseReply(text: string): unknown {
  let reply: unknown;
  try {
    reply = JSON.parse(text);
  } catch {
    throw new RpcError({ kind: 'malformed' });
  }
  if (typeof reply !== 'object' || reply === null) throw new RpcError({ kind: 'malformed' });
  if ('error' in reply && reply.error !== null && reply.error !== undefined) throw answered(reply.error);
  if (!('result' in reply)) throw new RpcError({ kind: 'malformed' });
  return reply.result;
}

function answered(error: unknown): RpcError {
  const fields: { code?: unknown; message?: unknown; data?: unknown } =
    typeof error === 'object' && error !== null ? error : {};
  return new RpcError({
    kind: 'answer',
    code: Number(fields.code ?? 0),
    message: typeof fields.message === 'string' ? fields.message : '',
    data: fields.data,
  });
}
