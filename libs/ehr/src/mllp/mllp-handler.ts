import type { FrameFault } from './frame-reader.js';

/** Who is at the other end of a connection; one object for each connection. */
export type MllpPeer =
  | {
      readonly kind: 'tls';
      readonly address: string;
      /** SHA-256 of the client's certificate, lower case hexadecimal. */
      readonly fingerprint: string;
      /** Subject of the certificate, `C=US, O=Lakeview, CN=feed`. Empty unless an authority of ours vouches for it. */
      readonly subject: string;
    }
  | { readonly kind: 'plain'; readonly address: string; readonly isLoopback: boolean };

/** Why a sender gets a refusal instead of an answer to its message. `overloaded`: too much is held already. */
export type MllpRefusal = FrameFault | 'overloaded';

/**
 * What a listener hands its frames to.
 *
 * `receive` is called for the frames of a connection in their order, and MUST NOT reject. Until it has resolved for what
 * was read, the connection is not read any further.
 */
export interface MllpHandler {
  /** Whether this peer may speak. */
  admits(peer: MllpPeer): boolean;
  /** @returns the payload of the answer; `undefined` where the sender wants none. */
  receive(payload: Uint8Array, peer: MllpPeer): Promise<Uint8Array | undefined>;
  /** The answer before the connection is closed, if any. @param start the first bytes of what came */
  refuse(refusal: MllpRefusal, start: Uint8Array): Uint8Array | undefined;
  /** A connection has ended. */
  left(peer: MllpPeer): void;
}

/** What happens to connections: for figures, nothing of a message. */
export type MllpEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  /** `limit`: too many connections; `peer`: nobody knows it; `tls`: no handshake. */
  | { readonly kind: 'rejected'; readonly why: 'limit' | 'peer' | 'tls' }
  | { readonly kind: 'refused'; readonly refusal: MllpRefusal }
  /** The connection was closed for it. */
  | { readonly kind: 'timed-out'; readonly what: 'idle' | 'frame' | 'answer' }
  /** A fault of ours. */
  | { readonly kind: 'failed'; readonly cause: unknown };
