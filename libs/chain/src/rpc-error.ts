import { GatewayError } from '#outcome';

/** What went wrong between us and a chain node. */
export type RpcFault =
  | { readonly kind: 'unreachable'; readonly cause?: unknown }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  | { readonly kind: 'too-large'; readonly maxBytes: number }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'answer'; readonly code: number; readonly message: string; readonly data: unknown };

/** A fault of a chain node; where it reaches a client it is a 503 that says nothing of it. */
export class RpcError extends GatewayError {
  readonly fault: RpcFault;

  constructor(fault: RpcFault) {
    super('consent-stale', {
      details: describe(fault),
      retryAfterS: 2,
      ...(fault.kind === 'unreachable' ? { cause: fault.cause } : {}),
    });
    this.name = 'RpcError';
    this.fault = fault;
  }

  /** Whether the node gave no answer at all, or bytes that are none: what stands before it may be down. */
  get silent(): boolean {
    return ['unreachable', 'timeout', 'malformed'].includes(this.fault.kind);
  }

  /** Whether the node answered with an error whose text fits. */
  answers(pattern: RegExp): boolean {
    return this.fault.kind === 'answer' && pattern.test(this.fault.message);
  }
}

function describe(fault: RpcFault): string {
  switch (fault.kind) {
    case 'unreachable':
      return 'the chain node cannot be reached';
    case 'timeout':
      return `the chain node did not answer in ${fault.timeoutMs} ms`;
    case 'too-large':
      return `the chain node's reply is larger than ${fault.maxBytes} bytes`;
    case 'malformed':
      return "the chain node's reply is not JSON-RPC";
    case 'answer':
      return `the chain node answered ${fault.code}: ${fault.message}`;
    default:
      return fault satisfies never;
  }
}
