import { BlockList, isIPv6, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { MllpPeer } from './mllp-handler.js';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Who a socket connects to; `undefined` where it is gone, or shows no certificate. */
export function peerOf(socket: Socket): MllpPeer | undefined {
  // A listener of IPv6 sees IPv4 senders so: ::ffff:10.0.0.1
  const address = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '');
  if (address === undefined) return undefined;
  if (!(socket instanceof TLSSocket)) return { kind: 'plain', address, isLoopback: isLoopback(address) };
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    kind: 'tls',
    address,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: socket.authorized ? certificate.subject.split('\n').join(', ') : '',
  };
}

function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
