import dns from 'node:dns';
import net, { type LookupFunction } from 'node:net';

/** Addresses that no client on the internet publishes keys at. IPv4 in IPv6 form is judged by the rules of IPv4. @see https://www.rfc-editor.org/rfc/rfc6890 */
const SPECIAL = new net.BlockList();
const IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const IPV6: readonly (readonly [string, number])[] = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];
for (const [address, prefix] of IPV4) SPECIAL.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of IPV6) SPECIAL.addSubnet(address, prefix, 'ipv6');

/** Whether an address is on the public internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const family = net.isIP(address);
  if (family === 0) return false;
  return !SPECIAL.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Looks a host up and fails if any of its addresses is not public. It is given to the socket itself, so that the address
 * that was judged is the one that is connected to.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null) callback(error, '');
    else if (first === undefined || !addresses.every((each) => isPublicAddress(each.address))) {
      callback(new Error('the host is not on the public internet'), '');
    } else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
