import { sha256 } from '#digest';

/** Labels of the format. Each is followed by a zero byte where it begins a commitment. @see docs/spec/provenance.md */
export const TAG = {
  group: 'proviso/v1/group',
  sub: 'proviso/v1/sub',
  wire: 'proviso/v1/wire',
  canon: 'proviso/v1/canon',
  parameters: 'proviso/v1/parameters',
  upstream: 'proviso/v1/upstream',
  salt: 'proviso/v1/salt',
  pad: 'proviso/v1/pad',
  entry: 'proviso/v1/entry',
  gatewayKey: 'proviso/v1/gateway-key',
} as const;

/** The outer groups in the order of their commitments in an entry. */
export const OUTER_GROUPS = ['op', 'actor', 'request'] as const;
/** The groups of one sub-entry, in order. */
export const SUB_GROUPS = ['subject', 'content', 'decision', 'links'] as const;

/** What a group is where there is nothing to say: JCS(null), still salted. */
export const ABSENT_GROUP: Uint8Array = Buffer.from('null');

const ZERO = Buffer.from([0]);
const GROUP_PREFIX = OUTER_GROUPS.map((_, i) => Buffer.from(`${TAG.group}\0${String.fromCharCode(i)}`));
const SUB_PREFIX = SUB_GROUPS.map((_, j) => Buffer.from(`${TAG.sub}\0${String.fromCharCode(j)}`));
const WIRE_PREFIX = Buffer.from(`${TAG.wire}\0`);
const CANON_PREFIX = Buffer.from(`${TAG.canon}\0`);
const PARAMETERS_PREFIX = Buffer.from(`${TAG.parameters}\0`);
const UPSTREAM_PREFIX = Buffer.from(`${TAG.upstream}\0`);

/** C_i: the commitment to outer group `i` (0 op, 1 actor, 2 request). `salt` is 32 bytes. */
export function commitGroup(i: number, salt: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([prefixOf(GROUP_PREFIX, i), salt, bytes]));
}

/** D_j: the commitment to group `j` of a sub-entry (0 subject, 1 content, 2 decision, 3 links). `salt` is 32 bytes. */
export function commitSubGroup(j: number, salt: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([prefixOf(SUB_PREFIX, j), salt, bytes]));
}

/** A sub-entry's leaf: SHA-256(00 || D_0 || D_1 || D_2 || D_3). */
export function hashSubEntry(commitments: readonly Uint8Array[]): Uint8Array {
  return sha256(Buffer.concat([ZERO, ...commitments]));
}

/** wireC: the commitment to the exact body bytes that left or arrived. */
export function commitWire(salt: Uint8Array, body: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([WIRE_PREFIX, salt, body]));
}

/** canonC: the commitment to one resource by the SHA-256 of its canonical form. */
export function commitCanon(salt: Uint8Array, canonDigest: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([CANON_PREFIX, salt, canonDigest]));
}

/** The commitment to query and body of a request, exactly as received. */
export function commitParameters(salt: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([PARAMETERS_PREFIX, salt, bytes]));
}

/** The commitment to an upstream message by its SHA-256. */
export function commitUpstream(salt: Uint8Array, digest: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([UPSTREAM_PREFIX, salt, digest]));
}

function prefixOf(prefixes: readonly Buffer[], number: number): Buffer {
  const prefix = prefixes[number];
  if (prefix === undefined) throw new RangeError('no such group');
  return prefix;
}
