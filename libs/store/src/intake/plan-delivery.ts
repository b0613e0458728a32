import type { Pool } from 'pg';
import type { RuleStore } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import type { RowChange } from '../change.js';
import { contentOf, prepareDeletion, prepareVersion, type VersionAt } from '../prepare-version.js';
import { makeVersionId } from '../version-id.js';
import { assignPersons } from './assign-persons.js';
import type { SourceDelivery } from './delivery.js';
import type { Intaken } from './intake-record.js';
import { missingFrom, unchangedIn } from './stored-versions.js';

/** What planning needs of the world. */
export interface PlanOptions {
  readonly pool: Pool;
  readonly context: ApplyContext;
  readonly rules: RuleStore;
  readonly strongSystems: readonly string[];
  readonly nowMs: number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newPerson: () => string;
}

/** What a delivery changes. */
export interface DeliveryPlan {
  /** New and changed resources, then deletions. */
  readonly intaken: readonly Intaken[];
  readonly links: readonly RowChange[];
  /** Persons of all patients concerned, new links included. */
  readonly personOf: ReadonlyMap<string, string>;
}

/** Whether a delivery holds Patients that have no person yet: then nobody else may make persons meanwhile. */
export async function needsPersons(rules: RuleStore, delivery: SourceDelivery): Promise<boolean> {
  const patients = patientIdsIn(delivery);
  return (await rules.personsOf(patients)).size < new Set(patients).size;
}

/** Compares a delivery with what is stored: what equals it is left out, what is missing from a whole set is deleted. */
export async function planDelivery(options: PlanOptions, delivery: SourceDelivery): Promise<DeliveryPlan> {
  const { pool, context } = options;
  const isUnchanged = await unchangedIn(pool, context, delivery.resources);
  const written = delivery.resources
    .filter(({ type, id, resource }) => !isUnchanged(type, id, contentOf(resource)))
    .map(({ resource, upstream }) => ({
      version: prepareVersion(resource, versionAt(options, delivery)),
      upstream,
    }));
  const deleted = (await missingFrom(pool, context, delivery)).map((before) => ({
    version: prepareDeletion(before, versionAt(options, delivery)),
    upstream: undefined,
  }));
  const intaken = [...written, ...deleted];
  return { intaken, ...(await planLinks(options, delivery, intaken)) };
}

async function planLinks(
  options: PlanOptions,
  delivery: SourceDelivery,
  intaken: readonly Intaken[],
): Promise<Pick<DeliveryPlan, 'links' | 'personOf'>> {
  const concerned = intaken.flatMap(({ version }) => version.patients.map(({ patient }) => patient));
  const linked = await options.rules.personsOf([...new Set([...concerned, ...patientIdsIn(delivery)])]);
  const unlinked = delivery.resources.filter(({ type, id }) => type === 'Patient' && !linked.has(id));
  const assigned = await assignPersons(
    options,
    unlinked.map(({ resource }) => resource),
  );
  const links = assigned.map(({ patient, person }) => ({
    kind: 'link' as const,
    patient,
    person,
    grade: 'certain' as const,
    atMs: options.nowMs,
  }));
  return {
    links,
    personOf: new Map([...linked, ...assigned.map(({ patient, person }) => [patient, person] as const)]),
  };
}

function patientIdsIn(delivery: SourceDelivery): readonly string[] {
  return delivery.resources.filter(({ type }) => type === 'Patient').map(({ id }) => id);
}

function versionAt({ nowMs, random }: PlanOptions, { source }: SourceDelivery): VersionAt {
  return { source, versionId: makeVersionId(random), lastUpdatedMs: nowMs };
}
