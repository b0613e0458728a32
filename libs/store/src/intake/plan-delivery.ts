import type { RuleStore } from '#consent';
import type { InboxIssue, RowChange } from '../change.js';
import type { SourceDelivery } from './delivery.js';
import type { Intaken } from './intake-record.js';
import { planPersons, type PersonOptions } from './plan-persons.js';
import { planVersions, type VersionPlanOptions } from './plan-versions.js';
import { withNews } from './with-news.js';

/** What planning needs of the world. */
export interface PlanOptions extends PersonOptions, VersionPlanOptions {
  readonly rules: RuleStore;
}

/** What a delivery changes. */
export interface DeliveryPlan {
  /** New and changed resources, then deletions. */
  readonly intaken: readonly Intaken[];
  /** Links, event times, and what they were judged by. */
  readonly changes: readonly RowChange[];
  /** Persons of all patients concerned, as they will be. */
  readonly personOf: ReadonlyMap<string, string>;
  readonly issues: readonly InboxIssue[];
  readonly salt: Uint8Array;
}

/** Compares a delivery with what is stored, and tells who is who. */
export async function planDelivery(options: PlanOptions, delivery: SourceDelivery): Promise<DeliveryPlan> {
  const { intaken, patients, events, issues, salt } = await planVersions(options, delivery);
  const delivered = delivery.resources.filter(({ type }) => type === 'Patient');
  const concerned = intaken.flatMap(({ version }) => version.patients.map(({ patient }) => patient));
  const about = delivery.patient === undefined ? [] : [delivery.patient.id];
  const linked = await options.rules.personsOf([
    ...new Set([...concerned, ...about, ...delivered.map(({ id }) => id)]),
  ]);
  const written = new Set(patients.map(({ id }) => id));
  const unlinked = delivered.filter(({ id }) => !linked.has(id) && !written.has(id));
  const merges = delivery.merges ?? [];
  const judged = merges.length > 0 ? patients : await withNews(options.stored, patients, linked);
  const persons = await planPersons(
    options,
    [...judged, ...unlinked.map(({ resource }) => resource)],
    merges,
  );
  return {
    intaken,
    changes: [...persons.changes, ...events],
    personOf: new Map([...linked, ...persons.personOf]),
    issues: [...issues, ...persons.issues],
    salt,
  };
}
