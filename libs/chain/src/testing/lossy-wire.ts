import { z } from 'zod';
import { RpcError } from '../rpc-error.js';
import type { Rpc } from '../rpc.js';

/** Passes calls on; loses a send before or after the node took it. While the node mines, a send answers once it is mined. */
export class LossyWire implements Rpc {
  lose: 'before' | 'after' | undefined;
  mines = true;
  sent: unknown[] = [];
  readonly #rpc: Rpc;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
  }

  async call(method: string, params: readonly unknown[]): Promise<unknown> {
    if (method !== 'eth_sendRawTransaction') return this.#rpc.call(method, params);
    this.sent.push(params[0]);
    const { lose } = this;
    this.lose = undefined;
    if (lose === 'before') throw new RpcError({ kind: 'timeout', timeoutMs: 1 });
    const result = await this.#send(params);
    if (lose === 'after') throw new RpcError({ kind: 'timeout', timeoutMs: 1 });
    return result;
  }

  async #send(params: readonly unknown[]): Promise<unknown> {
    if (!this.mines) return this.#rpc.call('eth_sendRawTransaction', params);
    const receipt = z.object({ transactionHash: z.string() });
    return receipt.parse(await this.#rpc.call('eth_sendRawTransactionSync', params)).transactionHash;
  }
}
