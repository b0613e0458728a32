import { ACTOR_SYSTEMS, PROVENANCE, type Facts } from '#consent';
import { fromHex, sha256, toHex, type JsonObject } from '#digest';
import { PROVENANCE_PATIENT } from '#fhir';
import { provenanceId } from '#provenance';
import type { VersionWrite } from '../change.js';
import { prepareVersion } from '../prepare-version.js';
import type { DeliveryLineage, SourceDelivery } from './delivery.js';

const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
const OPERATION = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation';

/** How a version came to be here: a source delivered it, or a client wrote it. */
export type Origin = DeliveryOrigin | ClientOrigin;

/** Written by a client that owns the source. Its record commits to what it sent. */
export interface ClientOrigin {
  readonly source: string;
  readonly client: string;
}

/** Delivered by a source. */
export interface DeliveryOrigin {
  readonly source: string;
  readonly eventMs: number | undefined;
  readonly lineage: DeliveryLineage | undefined;
  /** 32 bytes, drawn for the delivery and kept in its record: without it nobody can try what a payload said. */
  readonly salt: Uint8Array;
}

/** The origin of all that a delivery brings. */
export function originOf({ source, eventMs, lineage }: SourceDelivery, salt: Uint8Array): DeliveryOrigin {
  return { source, eventMs, lineage, salt };
}

/**
 * The Provenance of a version: who sent or wrote it, what converted it, which payload it came in. It has the patients of its
 * target, and all that rules may look at, so that whatever hides the target hides it. It says nothing that follows from
 * another version or resource: not whether there was one before, nor the bare digest of a payload that may hold more.
 *
 * @param upstream SHA-256 of the payload, hexadecimal; `undefined` for a deletion, and for what a client wrote
 * @param versionId of the Provenance itself
 */
export function provenanceOf(
  target: VersionWrite,
  upstream: string | undefined,
  origin: Origin,
  versionId: string,
): VersionWrite {
  const { source, lastUpdatedMs } = target;
  const id = provenanceId(source, target);
  const resource = resourceOf(target, upstream, origin, id);
  return prepareVersion(
    resource,
    { source, versionId, lastUpdatedMs },
    { facts: factsLike(target.facts, { id, versionId }), patients: target.patients },
  );
}

/** What a Provenance says of a payload: a commitment, which the delivery's record opens. `docs/spec/provenance.md`. */
export function payloadCommitment(salt: Uint8Array, upstream: string): string {
  const label = Buffer.from('proviso/v1/payload\0', 'latin1');
  return toHex(sha256(Buffer.concat([label, salt, fromHex(upstream)])));
}

function factsLike(target: Facts, at: { readonly id: string; readonly versionId: string }): Facts {
  return { ...target, ...at, type: PROVENANCE, targets: [`${target.type}/${target.id}`] };
}

function referenceTo({ type, id, versionId }: VersionWrite): string {
  return `${type}/${id}/_history/${versionId}`;
}

function resourceOf(
  target: VersionWrite,
  upstream: string | undefined,
  origin: Origin,
  id: string,
): JsonObject {
  return {
    resourceType: PROVENANCE,
    id,
    extension: target.patients.map(({ patient }) => ({
      url: PROVENANCE_PATIENT,
      valueReference: { reference: `Patient/${patient}` },
    })),
    target: [{ reference: referenceTo(target) }],
    ...occurredOf(origin),
    recorded: new Date(target.lastUpdatedMs).toISOString(),
    ...(target.deleted ? { activity: concept(OPERATION, 'DELETE') } : {}),
    agent: isClient(origin) ? [writerOf(origin)] : agentsOf(origin),
    ...(upstream === undefined || isClient(origin)
      ? {}
      : { entity: [entityOf(payloadCommitment(origin.salt, upstream))] }),
  };
}

function isClient(origin: Origin): origin is ClientOrigin {
  return 'client' in origin;
}

function occurredOf(origin: Origin): JsonObject {
  if (isClient(origin) || origin.eventMs === undefined) return {};
  return { occurredDateTime: new Date(origin.eventMs).toISOString() };
}

function writerOf({ client }: ClientOrigin): JsonObject {
  const who = { type: 'Device', identifier: { system: ACTOR_SYSTEMS.client, value: client } };
  return { type: concept(PARTICIPANT, 'author'), who };
}

function agentsOf({ source, lineage }: DeliveryOrigin): readonly JsonObject[] {
  const author = { type: 'Organization', identifier: { system: 'urn:proviso:source', value: source } };
  const sent = { type: concept(PARTICIPANT, 'author'), who: named(author, lineage?.sender) };
  if (lineage === undefined) return [sent];
  const { name, version } = lineage.converter;
  const device = {
    type: 'Device',
    identifier: { system: 'urn:proviso:converter', value: `${name}/${version}` },
  };
  return [sent, { type: concept(PARTICIPANT, 'assembler'), who: named(device, `${name} ${version}`) }];
}

function named(who: JsonObject, display: string | undefined): JsonObject {
  return display === undefined || display === '' ? who : { ...who, display };
}

function entityOf(commitment: string): JsonObject {
  const identifier = { system: 'urn:ietf:rfc:3986', value: `urn:hash::sha256:${commitment}` };
  return { role: 'source', what: { identifier } };
}

function concept(system: string, code: string): JsonObject {
  return { coding: [{ system, code }] };
}
