import type { Pool } from 'pg';
import type { JsonObject } from '#digest';
import type { ApplyContext } from '../apply/apply-context.js';
import type { InboxIssue, RowChange } from '../change.js';
import { contentOf, prepareDeletion, prepareVersion, type VersionAt } from '../prepare-version.js';
import { makeVersionId } from '../version-id.js';
import type { DeliveredVersion, SourceDelivery } from './delivery.js';
import type { Intaken } from './intake-record.js';
import { originOf, provenanceOf } from './provenance-of.js';
import { missingFrom, type Current, type StoredVersions } from './stored-versions.js';
import { deliverable, mergedIn, wantedOf, type Wanted } from './wanted.js';

const SALT_BYTES = 32;

/** What planning versions needs of the world. */
export interface VersionPlanOptions {
  readonly pool: Pool;
  readonly context: ApplyContext;
  readonly stored: StoredVersions;
  readonly nowMs: number;
  readonly random: (bytes: number) => Uint8Array;
}

/** What a delivery changes of resources. */
export interface VersionPlan {
  /** New and changed resources, then deletions. */
  readonly intaken: readonly Intaken[];
  /** Patients that are written, as they will be. */
  readonly patients: readonly JsonObject[];
  readonly events: readonly RowChange[];
  readonly issues: readonly InboxIssue[];
  /** Opens what the Provenance of the versions says of their payloads. */
  readonly salt: Uint8Array;
}

/**
 * Compares a delivery with what is stored: what equals it, or is older, is left out; what a message says in part is merged
 * with the rest; what is missing from a whole set is deleted; a Patient that gave way to another says so. Each version of
 * somebody's resource comes with its Provenance.
 */
export async function planVersions(
  options: VersionPlanOptions,
  delivery: SourceDelivery,
): Promise<VersionPlan> {
  const { stored } = options;
  const taken = deliverable(delivery);
  const current = await stored.currentOf([...taken, ...mergedIn(delivery)]);
  const late = taken.filter(({ type, id }) => isOlder(delivery, current(type, id)));
  const inTime = taken.filter((one) => !late.includes(one));
  const wanted = await wantedOf(stored, delivery, inTime, current);
  const changed = wanted.filter(
    ({ delivered: { type, id }, resource }) => current(type, id)?.equals(contentOf(resource)) !== true,
  );
  const salt = options.random(SALT_BYTES);
  const written = changed.map((one) => writtenOf(one, current, versionAt(options, delivery)));
  const deleted = await deletedBy(options, delivery);
  return {
    intaken: [...written, ...deleted].map((one) => withProvenance(one, options, delivery, salt)),
    patients: changed.flatMap(({ delivered, resource }) => (delivered.type === 'Patient' ? [resource] : [])),
    events: inTime.flatMap((one) => eventOf(one, delivery, current(one.type, one.id))),
    issues: late.map(lateIssue),
    salt,
  };
}

/** Whether newer news is stored. */
function isOlder({ eventMs }: SourceDelivery, current: Current | undefined): boolean {
  return eventMs !== undefined && current?.eventMs !== undefined && eventMs < current.eventMs;
}

function writtenOf(
  { delivered: { type, id, upstream }, resource }: Wanted,
  current: (type: string, id: string) => Current | undefined,
  at: VersionAt,
): Intaken {
  return {
    version: prepareVersion(resource, at),
    replaces: current(type, id)?.versionId ?? null,
    upstream: upstream === '' ? undefined : upstream,
    provenance: undefined,
  };
}

async function deletedBy(options: VersionPlanOptions, delivery: SourceDelivery): Promise<readonly Intaken[]> {
  const missing = await missingFrom(options.pool, options.context, delivery);
  const named = await options.stored.versionsOf(delivery.deleted ?? []);
  const gone = named.filter(({ type, id }) => !missing.some((one) => one.type === type && one.id === id));
  return [...missing, ...gone].map((before) => ({
    version: prepareDeletion(before, versionAt(options, delivery)),
    replaces: before.versionId,
    upstream: undefined,
    provenance: undefined,
  }));
}

/** Only what is somebody's has a Provenance, and no Provenance has one of its own. */
function withProvenance(
  one: Intaken,
  { random }: VersionPlanOptions,
  delivery: SourceDelivery,
  salt: Uint8Array,
): Intaken {
  const { version, upstream } = one;
  if (version.patients.length === 0 || version.type === 'Provenance') return one;
  const origin = originOf(delivery, salt);
  return { ...one, provenance: provenanceOf(version, upstream, origin, makeVersionId(random)) };
}

/** That a Patient gave way is no news of the Patient: what was said of it before may still arrive. */
function eventOf(
  { type, id }: DeliveredVersion,
  { eventMs, merges = [] }: SourceDelivery,
  current: Current | undefined,
): readonly RowChange[] {
  const isNews = eventMs !== undefined && eventMs !== current?.eventMs;
  if (!isNews || merges.some(({ from }) => from === id)) return [];
  return [{ kind: 'event', type, id, eventMs }];
}

function lateIssue({ type, id }: DeliveredVersion): InboxIssue {
  return { severity: 'warning', code: 'late', type, expression: `${type}/${id}` };
}

function versionAt({ nowMs, random }: VersionPlanOptions, { source }: SourceDelivery): VersionAt {
  return { source, versionId: makeVersionId(random), lastUpdatedMs: nowMs };
}
