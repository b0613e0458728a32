import { parseStrict, type JsonObject } from '#digest';
import { isObject } from '#fhir';
import type { DeliveredVersion, PatientMerge, SourceDelivery } from './delivery.js';
import { mergeResource } from './merge-resource.js';
import { keepRetired, retire, revive } from './retired.js';
import type { Current, StoredVersions } from './stored-versions.js';

/** A resource as it is to be. */
export interface Wanted {
  readonly delivered: DeliveredVersion;
  readonly resource: JsonObject;
}

/** What a message says of itself and of its conversion is said by the record and by our own Provenance. */
export function deliverable({ resources, lineage }: SourceDelivery): readonly DeliveredVersion[] {
  if (lineage === undefined) return resources;
  return resources.filter(({ type }) => type !== 'MessageHeader' && type !== 'Provenance');
}

/** The Patients that a delivery declares to be one. */
export function mergedIn({
  merges = [],
}: SourceDelivery): readonly { readonly type: string; readonly id: string }[] {
  return merges.flatMap(({ from, into }) => [from, into].map((id) => ({ type: 'Patient', id })));
}

/**
 * What each resource is to be: merged with what is stored where it says so, then as the merges of Patients have it.
 * @param taken what of the delivery is not late
 * @throws `integrity-failure` where a stored version was changed
 */
export async function wantedOf(
  store: StoredVersions,
  delivery: SourceDelivery,
  taken: readonly DeliveredVersion[],
  current: (type: string, id: string) => Current | undefined,
): Promise<readonly Wanted[]> {
  const partial = [...taken.filter(({ mode }) => mode === 'merge'), ...mergedIn(delivery)];
  const stored = await storedOf(
    store,
    partial.filter(({ type, id }) => current(type, id)?.deleted === false),
  );
  const wanted = new Map(
    taken.map((one): [string, Wanted] => {
      const key = `${one.type}/${one.id}`;
      const before = one.mode === 'merge' ? stored.get(key) : undefined;
      return [key, { delivered: one, resource: before === undefined ? one.resource : merged(before, one) }];
    }),
  );
  for (const merge of delivery.merges ?? []) {
    mergePatients(wanted, stored, merge, delivery.lineage?.digest ?? '');
  }
  return [...wanted.values()];
}

async function storedOf(
  store: StoredVersions,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const versions = await store.versionsOf(resources);
  return new Map(
    versions.map(({ type, id, bytes }) => {
      const parsed = parseStrict(bytes);
      return [`${type}/${id}`, isObject(parsed) ? parsed : {}];
    }),
  );
}

function merged(before: JsonObject, { type, resource, cleared, assumed }: DeliveredVersion): JsonObject {
  const after = mergeResource(before, resource, cleared, assumed);
  return type === 'Patient' ? keepRetired(before, after) : after;
}

/** Lets a Patient give way to another. One of whom nothing is known yet is made: its messages may come later. */
function mergePatients(
  wanted: Map<string, Wanted>,
  stored: ReadonlyMap<string, JsonObject>,
  { from, into }: PatientMerge,
  upstream: string,
): void {
  if (from === into) return;
  const change = (id: string, to: (patient: JsonObject) => JsonObject): void => {
    const key = `Patient/${id}`;
    const bare = { resourceType: 'Patient', id };
    const { delivered, resource } = wanted.get(key) ?? {
      delivered: { type: 'Patient', id, resource: bare, upstream },
      resource: stored.get(key) ?? bare,
    };
    wanted.set(key, { delivered, resource: to(resource) });
  };
  change(from, (patient) => retire(patient, into));
  if (wanted.has(`Patient/${into}`) || stored.has(`Patient/${into}`)) {
    change(into, (patient) => revive(patient, from));
  }
}
