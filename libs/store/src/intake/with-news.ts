import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '#digest';
import { textOf } from '#fhir';
import { featuresOf } from '#identity';
import { GatewayError } from '#outcome';
import type { Stored } from '../resource-store.js';
import { featuresIn } from './linked-members.js';
import type { StoredVersions } from './stored-versions.js';

/** Patients without those that are linked, and say what they said of who they are: a new address makes nobody another one. */
export async function withNews(
  stored: StoredVersions,
  patients: readonly JsonObject[],
  linked: ReadonlyMap<string, string>,
): Promise<readonly JsonObject[]> {
  const known = patients.filter((patient) => linked.has(idOf(patient)));
  const versions = await unchanged(
    stored.versionsOf(known.map((patient) => ({ type: 'Patient', id: idOf(patient) }))),
  );
  const before = new Map(versions.map(({ id, bytes }) => [id, featuresIn(bytes)]));
  return patients.filter((patient) => !isDeepStrictEqual(before.get(idOf(patient)), featuresOf(patient)));
}

/** None where one of them was changed in the database: that is no reason to refuse what puts it right. */
async function unchanged(versions: Promise<readonly Stored[]>): Promise<readonly Stored[]> {
  try {
    return await versions;
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === 'integrity-failure') return [];
    throw cause;
  }
}

function idOf(patient: JsonObject): string {
  return textOf(patient, 'id') ?? '';
}
