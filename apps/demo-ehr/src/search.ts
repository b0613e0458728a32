import type { JsonObject } from '#digest';
import { listOf, objectOf, type ChartStore, type Kept } from './chart-store.js';

type Matcher = (resource: JsonObject, value: string) => boolean;

/** The search parameters this vendor knows; it ignores all others, as the standard allows. */
const MATCHERS: Readonly<Record<string, Matcher>> = {
  _id: (resource, value) => value.split(',').some((id) => id === resource.id),
  identifier: (resource, value) =>
    listOf(resource.identifier).some((item) => tokenFits(value, item.system, item.value)),
  patient: refersTo,
  subject: refersTo,
  category: (resource, value) => listOf(resource.category).some((item) => codingFits(item, value)),
  code: (resource, value) => codingFits(objectOf(resource.code), value),
  status: (resource, value) => resource.status === value,
  _tag: (resource, value) =>
    listOf(objectOf(resource.meta).tag).some((tag) => tokenFits(value, tag.system, tag.code)),
};

/** Searches that a type refuses to do without: each line asks for one of its parameters. */
export const REQUIRED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Patient: [],
  Practitioner: [],
  Organization: [],
  Encounter: [['patient', 'subject', '_id', '_tag']],
  Condition: [['patient', 'subject', '_id', '_tag']],
  AllergyIntolerance: [['patient', '_id', '_tag']],
  MedicationRequest: [['patient', 'subject', '_id', '_tag']],
  Provenance: [['_id', '_tag']],
  Observation: [
    ['patient', 'subject', '_id', '_tag'],
    ['category', 'code', '_id', '_tag'],
  ],
};

/** The parameters of a search that are missing; empty if the search may run. */
export function missing(type: string, params: URLSearchParams): readonly (readonly string[])[] {
  return (REQUIRED[type] ?? []).filter((alternatives) => !alternatives.some((name) => params.has(name)));
}

/** The resources of a type that fit every known parameter. */
export function matches(store: ChartStore, type: string, params: URLSearchParams): readonly Kept[] {
  const criteria = [...params].flatMap(([name, value]) => {
    const matcher = Object.hasOwn(MATCHERS, name) ? MATCHERS[name] : undefined;
    return matcher === undefined ? [] : [{ matcher, value }];
  });
  return store
    .list(type)
    .filter((row) => criteria.every(({ matcher, value }) => matcher(row.resource, value)));
}

function refersTo(resource: JsonObject, value: string): boolean {
  const patient = value.split('/').at(-1);
  const { reference } = objectOf(resource.subject ?? resource.patient);
  return typeof reference === 'string' && reference.endsWith(`Patient/${patient}`);
}

function codingFits(concept: JsonObject, value: string): boolean {
  return listOf(concept.coding).some((coding) => tokenFits(value, coding.system, coding.code));
}

function tokenFits(value: string, system: unknown, code: unknown): boolean {
  return value.split(',').some((token) => {
    const [left = '', right] = token.split('|');
    return right === undefined ? left === code : left === system && (right === '' || right === code);
  });
}
