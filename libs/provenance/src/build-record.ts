import { GatewayError } from '#outcome';
import { canonicalize, fromHex, toHex, type JsonValue } from '#digest';
import {
  commitCanon,
  commitGroup,
  commitParameters,
  commitSubGroup,
  commitUpstream,
  commitWire,
  hashSubEntry,
} from './commitment.js';
import { encodeEntry, type RecordSigner } from './entry.js';
import { padCanons } from './pad-canons.js';
import { paddedPaths, paddedRoot, paddedWidth } from './padded-tree.js';
import { encodePart } from './part.js';
import type { KeyScope } from './ports.js';
import type { ActorGroup, SealableRecord, SubjectDraft } from './record.js';
import { Salts } from './salts.js';
import { HASH_BYTES, hashLeaf } from './tree-hash.js';

/** What the committer adds to a record: its counters. */
export interface Assigned {
  readonly gateway: string;
  readonly gatewaySeq: bigint;
  /** One per subject of the record; 0n where its person is undefined. */
  readonly subjectSeqs: readonly bigint[];
}

/** One part of a record, for the vault to encrypt under its scope. */
export interface BuiltPart {
  /** `op`, `actor`, `request` or `sub:<j>`. */
  readonly part: string;
  readonly scope: KeyScope;
  /** Opened again by `openPart`. */
  readonly plain: Uint8Array;
}

/** A record as the log keeps it. */
export interface BuiltRecord {
  /** 204 bytes, public. */
  readonly entry: Uint8Array;
  /** RFC 6962 leaf hash of the entry. */
  readonly leaf: Uint8Array;
  readonly parts: readonly BuiltPart[];
}

interface BuiltSub {
  readonly hash: Uint8Array;
  readonly groups: readonly Uint8Array[];
  readonly canons: readonly Uint8Array[];
}

/**
 * Builds one entry and the private parts that open it.
 * A subject without a person is kept under the request's scope; a record without subjects has one random sub-entry.
 *
 * @param random A CSPRNG; called once, for all record keys and padding.
 * @throws GatewayError `invalid-value` where counters are missing or a digest is not 32 bytes.
 * @see docs/spec/provenance.md
 */
export function buildRecord(
  record: SealableRecord,
  assigned: Assigned,
  random: (bytes: number) => Uint8Array,
  signer: RecordSigner,
): BuiltRecord {
  const { subjects } = record;
  if (assigned.subjectSeqs.length !== subjects.length) {
    throw new GatewayError('invalid-value', { details: 'subject counters' });
  }
  const width = paddedWidth(subjects.length);
  const take = slicer(random((3 + width) * HASH_BYTES));
  const outerKeys = [take(), take(), take()];
  const subKeys = subjects.map(take);
  const subs = subjects.map((subject, j) =>
    buildSub(subject, assigned.subjectSeqs[j] ?? 0n, keyAt(subKeys, j)),
  );
  const leaves = subs.map((sub) => sub.hash);
  while (leaves.length < width) leaves.push(take());

  const outer = outerGroups(record, assigned, outerKeys);
  const commitments = outer.map(({ bytes, salts }, i) => commitGroup(i, salts.group(i), bytes));
  const entry = encodeEntry(record.class, [...commitments, paddedRoot(leaves)], signer);
  const scopes = outerScopes(record);
  const parts: BuiltPart[] = outer.map(({ name, bytes }, group) => ({
    part: name,
    scope: scopes[name],
    plain: encodePart({ kind: 'outer', group, recordKey: keyAt(outerKeys, group), bytes }),
  }));
  const paths = paddedPaths(leaves, subs.length);
  for (const [position, { groups, canons }] of subs.entries()) {
    const recordKey = keyAt(subKeys, position);
    const path = paths[position] ?? [];
    parts.push({
      part: `sub:${position}`,
      scope: subScope(subjects[position], scopes.request),
      plain: encodePart({ kind: 'sub', recordKey, groups, position, path, canons }),
    });
  }
  return { entry, leaf: hashLeaf(entry), parts };
}

function slicer(bytes: Uint8Array): () => Uint8Array {
  let at = 0;
  return () => {
    at += HASH_BYTES;
    return bytes.subarray(at - HASH_BYTES, at);
  };
}

function keyAt(keys: readonly Uint8Array[], i: number): Uint8Array {
  const key = keys[i];
  if (key?.length !== HASH_BYTES) throw new GatewayError('internal', { details: 'too little randomness' });
  return key;
}

interface OuterGroup {
  readonly name: 'op' | 'actor' | 'request';
  readonly bytes: Uint8Array;
  readonly salts: Salts;
}

function outerGroups(record: SealableRecord, assigned: Assigned, keys: readonly Uint8Array[]): OuterGroup[] {
  const requestSalts = new Salts(keyAt(keys, 2));
  const { method, path, parameters, requestId, intent } = record.request;
  const op = {
    ...record.op,
    block: citation(record),
    gateway: assigned.gateway,
    gatewaySeq: String(assigned.gatewaySeq),
  };
  const request = {
    method,
    path,
    requestId,
    intent,
    parameters: toHex(commitParameters(requestSalts.parameters(), parameters)),
  };
  return [
    { name: 'op', bytes: jcs(op), salts: new Salts(keyAt(keys, 0)) },
    { name: 'actor', bytes: jcs({ ...record.actor }), salts: new Salts(keyAt(keys, 1)) },
    { name: 'request', bytes: jcs(request), salts: requestSalts },
  ];
}

function citation({ op: { block } }: SealableRecord): JsonValue {
  return block === null ? null : { number: block.number, hash: block.hash };
}

function buildSub(subject: SubjectDraft, subjectSeq: bigint, recordKey: Uint8Array): BuiltSub {
  const salts = new Salts(recordKey);
  const canons = subject.content.map((item, k) => commitCanon(salts.canon(k), digest32(item.canon)));
  const { person, patient, binding, decision, links } = subject;
  const groups = [
    jcs({
      person: person ?? null,
      patient,
      binding,
      subjectSeq: person === undefined ? null : String(subjectSeq),
    }),
    jcs({
      items: subject.content.map(({ type, id, versionId }) => ({ type, id, versionId })),
      canon: canons.length === 0 ? null : toHex(paddedRoot(padCanons(canons, salts))),
      wire: subject.wire === undefined ? null : toHex(commitWire(salts.wire(), subject.wire)),
      upstream: subject.upstream.map((hex, k) =>
        toHex(commitUpstream(salts.upstream(k), digest32(fromHex(hex)))),
      ),
    }),
    jcs({
      effect: decision.effect,
      code: decision.code,
      basis: decision.basis.map((basis) => ({ ...basis })),
      obligations: decision.obligations,
    }),
    jcs(links),
  ];
  const commitments = groups.map((bytes, j) => commitSubGroup(j, salts.group(j), bytes));
  return { hash: hashSubEntry(commitments), groups, canons };
}

function digest32(digest: Uint8Array): Uint8Array {
  if (digest.length !== HASH_BYTES)
    throw new GatewayError('invalid-value', { details: 'digest of 32 bytes' });
  return digest;
}

function jcs(value: JsonValue): Uint8Array {
  return Buffer.from(canonicalize(value), 'utf8');
}

function outerScopes(record: SealableRecord): Readonly<Record<'op' | 'actor' | 'request', KeyScope>> {
  const period = record.op.time.slice(0, 'YYYY-MM'.length);
  return {
    op: { kind: 'op', period },
    actor: { kind: 'actor', actor: actorName(record.actor), period },
    request: { kind: 'request', period },
  };
}

function actorName({ user, client }: ActorGroup): string {
  if (user !== null) return `user:${user}`;
  return client === null ? 'anonymous' : `client:${client}`;
}

function subScope(subject: SubjectDraft | undefined, request: KeyScope): KeyScope {
  return subject?.person === undefined ? request : { kind: 'person', person: subject.person };
}
