import type { MllpPeer } from './mllp/mllp-handler.js';
import type { V2Profile } from './v2-profile.js';

/** How a message names its sender. */
export interface NamedSender {
  /** MSH-3. */
  readonly application: string | undefined;
  /** MSH-4. */
  readonly facility: string | undefined;
}

/** The sources that a peer may speak for. */
export function sourcesOfPeer(profiles: readonly V2Profile[], peer: MllpPeer): readonly V2Profile[] {
  return profiles.filter(({ peers }) => {
    if (peer.kind === 'tls') {
      return peers.fingerprints.includes(peer.fingerprint) || peers.subjects.includes(peer.subject);
    }
    return peer.isLoopback ? peers.loopback : peers.addresses.includes(peer.address);
  });
}

/**
 * The source that a message is of: by the peer's certificate where it speaks for one source alone, else by the sender that
 * the message names, among the sources that the peer may speak for. `undefined` where that is none, or more than one.
 */
export function sourceOfMessage(
  profiles: readonly V2Profile[],
  peer: MllpPeer,
  sender: NamedSender,
): V2Profile | undefined {
  const possible = sourcesOfPeer(profiles, peer);
  const [only] = possible;
  if (peer.kind === 'tls' && possible.length === 1) return only;
  const named = possible.filter((profile) => isSenderOf(profile, sender));
  return named.length === 1 ? named[0] : undefined;
}

/** Whether a message that names its sender so can be of a source. */
export function isSenderOf({ applications, facilities }: V2Profile, sender: NamedSender): boolean {
  return isAmong(applications, sender.application) && isAmong(facilities, sender.facility);
}

function isAmong(known: readonly string[], value: string | undefined): boolean {
  return known.length === 0 || (value !== undefined && known.includes(value));
}
