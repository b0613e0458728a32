import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { JsonRpc } from './json-rpc.js';
import { Node, revertDataOf } from './node.js';
import { RpcError } from './rpc-error.js';

type Answer = (request: { method: string; params: unknown }, response: http.ServerResponse) => void;

interface Endpoint {
  readonly url: string;
  readonly calls: string[];
  readonly sockets: Set<unknown>;
  answer: Answer;
  stop(): Promise<void>;
}

async function startEndpoint(first: Answer): Promise<Endpoint> {
  const calls: string[] = [];
  const sockets = new Set<unknown>();
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const message = JSON.parse(body);
      calls.push(message.method);
      endpoint.answer(message, response);
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  const endpoint: Endpoint = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    calls,
    sockets,
    answer: first,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return endpoint;
}

const result =
  (value: unknown): Answer =>
  (_, response) => {
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: value }));
  };
const silence: Answer = () => {};

describe('JsonRpc', () => {
  const rpcOf = (urls: readonly string[], timeoutMs: number) =>
    new JsonRpc({ urls, timeoutMs, maxReplyBytes: 10_000, now: () => nowMs });
  let one: Endpoint;
  let two: Endpoint;
  let nowMs = 0;
  let rpc: JsonRpc;

  beforeEach(async () => {
    one = await startEndpoint(result('0x1'));
    two = await startEndpoint(result('0x2'));
    nowMs = 0;
    rpc = rpcOf([one.url, two.url], 20_000);
  });
  afterEach(async () => {
    rpc.close();
    await Promise.all([one.stop(), two.stop()]);
  });

  it('keeps its connection, and sends one call per request', async () => {
    for (let call = 0; call < 5; call += 1) expect(await rpc.call('eth_chainId', [])).toBe('0x1');
    expect(one.calls).toHaveLength(5);
    expect(one.sockets.size).toBe(1);
  });

  it('asks the next endpoint where one does not answer in time, and leaves that one alone for a while', async () => {
    one.answer = silence;
    const patient = rpcOf([one.url, two.url], 2_000);
    expect(await patient.call('eth_chainId', [])).toBe('0x2');
    expect(await patient.call('eth_chainId', [])).toBe('0x2');
    expect(one.calls).toHaveLength(1);
    one.answer = result('0x1');
    nowMs += 5_000;
    expect(await patient.call('eth_chainId', [])).toBe('0x1');
    patient.close();
  });

  it('throws a fault with its kind when nobody answers', async () => {
    one.answer = silence;
    two.answer = silence;
    const impatient = rpcOf([one.url, two.url], 200);
    await expect(impatient.call('eth_chainId', [])).rejects.toMatchObject({
      code: 'consent-stale',
      fault: { kind: 'timeout', timeoutMs: 200 },
    });
    impatient.close();
    await Promise.all([one.stop(), two.stop()]);
    await expect(rpc.call('eth_chainId', [])).rejects.toMatchObject({ fault: { kind: 'unreachable' } });
  });

  it('cuts off a reply that is too large, and asks nobody else', async () => {
    one.answer = result('x'.repeat(20_000));
    await expect(rpc.call('eth_chainId', [])).rejects.toMatchObject({
      fault: { kind: 'too-large', maxBytes: 10_000 },
    });
    expect(two.calls).toEqual([]);
  });

  it('refuses what is not JSON-RPC, and asks the next endpoint', async () => {
    const alone = rpcOf([one.url], 20_000);
    for (const text of ['<html>', '7', 'null', '{}']) {
      one.answer = (_, response) => response.end(text);
      await expect(alone.call('eth_chainId', [])).rejects.toMatchObject({ fault: { kind: 'malformed' } });
      expect(await rpc.call('eth_chainId', [])).toBe('0x2');
      nowMs += 5_000;
    }
    alone.close();
    one.answer = result('not hex');
    await expect(new Node(rpc).chainId()).rejects.toMatchObject({ fault: { kind: 'malformed' } });
  });

  it('gives the error that a node answers, with its revert data', async () => {
    one.answer = (_, response) =>
      response.end(
        JSON.stringify({ id: 1, error: { code: 3, message: 'execution reverted', data: '0xabcd' } }),
      );
    const error: unknown = await rpc.call('eth_call', []).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RpcError);
    expect(revertDataOf(error)).toBe('0xabcd');
    expect(two.calls).toEqual([]);
  });
});
