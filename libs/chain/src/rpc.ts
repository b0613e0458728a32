/** Calls a chain node. Throws `RpcError`. */
export interface Rpc {
  call(method: string, params: readonly unknown[], options?: CallOptions): Promise<unknown>;
}

/** What one call may change. */
export interface CallOptions {
  readonly timeoutMs?: number;
}
