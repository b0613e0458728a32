import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Hex } from '#consent';
import { isHex } from '../hex.js';
import { RpcError } from '../rpc-error.js';
import type { MadeBlock } from './block-maker.js';

/** What stands behind the public port. */
export interface ChainBackend {
  /** Passes a request on as it is. */
  forward(body: string): Promise<Buffer>;
  make(raw: Hex): Promise<MadeBlock>;
}

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_BATCH = 50;
const REQUEST_TIMEOUT_MS = 30_000;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Reading, and sending what somebody signed. Whatever else the node could do stays behind this door. */
const READ_METHODS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getBlockReceipts',
  'eth_getCode',
  'eth_getLogs',
  'eth_getProof',
  'eth_getStorageAt',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_syncing',
  'net_listening',
  'net_version',
  'web3_clientVersion',
  'web3_sha3',
]);

const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;
const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;

/** The JSON-RPC door of the embedded chain, on the loopback interface. */
export class RpcServer {
  readonly #server: http.Server;
  readonly #backend: ChainBackend;

  private constructor(backend: ChainBackend) {
    this.#backend = backend;
    this.#server = http.createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  /** Port 0 takes any free one. */
  static async listen(backend: ChainBackend, port: number): Promise<RpcServer> {
    const server = new RpcServer(backend);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(port, '127.0.0.1', resolve);
    });
    return server;
  }

  get url(): string {
    const address: AddressInfo | string | null = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    // A page in a browser may reach this port under another name: not with this door.
    if (!LOOPBACK_HOST.test(request.headers.host ?? '')) return reply(response, 403, '');
    if (request.method !== 'POST') return reply(response, 405, '');
    const body = await readBody(request);
    if (body === undefined) return reply(response, 413, '');
    return reply(response, 200, await this.#answer(body));
  }

  async #answer(body: string): Promise<string | Buffer> {
    let message: unknown;
    try {
      message = JSON.parse(body);
    } catch {
      return failure(null, PARSE_ERROR, 'not JSON');
    }
    if (!Array.isArray(message)) return this.#one(message);
    if (message.length === 0 || message.length > MAX_BATCH) {
      return failure(null, INVALID_REQUEST, `a batch has 1 to ${MAX_BATCH} requests`);
    }
    const replies: string[] = [];
    for (const each of message) replies.push(String(await this.#one(each)));
    return `[${replies.join(',')}]`;
  }

  async #one(message: unknown): Promise<string | Buffer> {
    const request = readRequest(message);
    if (request === undefined) return failure(null, INVALID_REQUEST, 'not a JSON-RPC request');
    const { id, method, params } = request;
    try {
      if (method === 'eth_sendRawTransaction' || method === 'eth_sendRawTransactionSync') {
        return await this.#send(request);
      }
      if (!READ_METHODS.has(method)) return failure(id, METHOD_NOT_FOUND, `${method} is not available`);
      return await this.#backend.forward(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    } catch (error) {
      return failed(id, error);
    }
  }

  async #send({ id, method, params }: Request): Promise<string> {
    const [raw] = params;
    if (!isHex(raw)) return failure(id, INVALID_PARAMS, 'not a signed transaction');
    const { transaction, receipt } = await this.#backend.make(raw);
    const result = method === 'eth_sendRawTransaction' ? transaction : receipt;
    return JSON.stringify({ jsonrpc: '2.0', id, result });
  }
}

function readRequest(message: unknown): Request | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { id, method, params }: { id?: unknown; method?: unknown; params?: unknown } = message;
  if (typeof method !== 'string') return undefined;
  if (id !== undefined && id !== null && typeof id !== 'string' && typeof id !== 'number') return undefined;
  return { id: id ?? null, method, params: Array.isArray(params) ? params : [] };
}

function failed(id: unknown, error: unknown): string {
  if (error instanceof RpcError && error.fault.kind === 'answer') {
    return failure(id, error.fault.code, error.fault.message);
  }
  return failure(id, INTERNAL_ERROR, 'the chain node does not answer now; the outcome is not known');
}

function failure(id: unknown, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}

function reply(response: http.ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

async function readBody(request: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
