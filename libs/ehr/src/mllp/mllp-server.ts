import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { HeldBytes, type HeldLimits } from './held-bytes.js';
import type { FrameLimits } from './frame-reader.js';
import { type ConnectionTimes, MllpConnection } from './mllp-connection.js';
import type { MllpEvent, MllpHandler } from './mllp-handler.js';
import { peerOf } from './mllp-peer.js';
import { timer } from './timer.js';

const HANDSHAKE_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;

/** Our certificate, and who vouches for those of senders. PEM. */
export interface MllpTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Authorities of client certificates; without them a client is known by its fingerprint alone. */
  readonly ca?: string | Buffer | undefined;
}

/** What a listener is made of. */
export interface MllpServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absent: plaintext. */
  readonly tls?: MllpTls | undefined;
  readonly handler: MllpHandler;
  readonly frames: FrameLimits;
  readonly times: ConnectionTimes;
  readonly memory: HeldLimits;
  /** Connections at most: all, and from one address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly observe?: (event: MllpEvent) => void;
}

/** Where a listener answers. */
export interface MllpAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/**
 * Listens for HL7 v2 over MLLP. Every frame of an admitted sender is answered, in order; memory, time and connections
 * are bounded, and one sender's breach ends that sender's connection alone.
 */
export class MllpServer {
  readonly #options: MllpServerOptions;
  readonly #held: HeldBytes;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(options: MllpServerOptions) {
    this.#options = options;
    this.#held = new HeldBytes(options.memory);
    this.#server = this.#create();
  }

  /** Bytes of messages in memory. */
  get heldBytes(): number {
    return this.#held.total;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Resolves when senders can connect; rejects where the address cannot be had. */
  async listen(): Promise<MllpAddress> {
    const { host, port, tls } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, host, resolve);
    await promise;
    this.#server.off('error', reject);
    this.#server.on('error', (cause) => this.#observe({ kind: 'failed', cause }));
    return { host, port: portOf(this.#server.address()), tls: tls !== undefined };
  }

  /** Reads no more, answers what was read, and ends the connections; those that do not end in time are cut. */
  async stop(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
    this.#stopping.abort();
    const late = timer(graceMs);
    await Promise.race([Promise.all(this.#running), late.passed]);
    late.clear();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #create(): Server {
    const { tls } = this.#options;
    const server = tls === undefined ? createServer({ allowHalfOpen: true }) : this.#createTls(tls);
    server.on('connection', (socket) => this.#count(socket));
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#open(socket));
    return server;
  }

  #createTls({ cert, key, ca }: MllpTls): Server {
    const server = createTlsServer({
      cert,
      key,
      // Absent, those that the system trusts would vouch for subjects that we know nothing of.
      ca: ca ?? [],
      allowHalfOpen: true,
      requestCert: true,
      // Without an authority of ours the handler decides by the fingerprint, whose key the handshake proves.
      rejectUnauthorized: ca !== undefined,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_MS,
    });
    server.on('tlsClientError', () => this.#observe({ kind: 'rejected', why: 'tls' }));
    return server;
  }

  /** Limits hold before a handshake costs anything. */
  #count(socket: Socket): void {
    const { connections, connectionsPerAddress } = this.#options;
    const address = socket.remoteAddress;
    const ofAddress = [...this.#sockets].filter((each) => each.remoteAddress === address).length;
    // Whatever breaks on a socket ends its connection, and nothing else.
    socket.on('error', () => socket.destroy());
    if (this.#sockets.size >= connections || ofAddress >= connectionsPerAddress) {
      this.#observe({ kind: 'rejected', why: 'limit' });
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #open(socket: Socket): void {
    if (socket.destroyed) return;
    const { handler, frames: limits, times } = this.#options;
    socket.on('error', () => socket.destroy());
    const peer = peerOf(socket);
    if (peer === undefined || !handler.admits(peer)) {
      this.#observe({ kind: 'rejected', why: 'peer' });
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const observe = (event: MllpEvent): void => this.#observe(event);
    const stopping = this.#stopping.signal;
    const held = this.#held.open();
    const connection = new MllpConnection({ socket, peer, handler, limits, times, held, observe, stopping });
    this.#observe({ kind: 'opened' });
    const running = connection.run().finally(() => {
      this.#running.delete(running);
      handler.left(peer);
      this.#observe({ kind: 'closed' });
    });
    this.#running.add(running);
  }

  #observe(event: MllpEvent): void {
    this.#options.observe?.(event);
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
