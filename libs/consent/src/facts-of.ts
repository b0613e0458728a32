import type { JsonObject, JsonValue } from '#digest';
import { DIRECTORY_TYPES, isList, isObject, listOf, parseReference, textOf } from '#fhir';
import { timeOf } from './fhir-time.js';
import { codingsOf, label, NORMAL } from './label.js';
import { PROVENANCE } from './targets.js';
import { type Facts, type Interval, UNKNOWN } from './rule.js';

/** Elements whose codings code or categorise a resource. */
const CODED = [
  'code',
  'category',
  'type',
  'class',
  'medicationCodeableConcept',
  'vaccineCode',
  'serviceCategory',
  'serviceType',
  'specialty',
  'productCodeableConcept',
];
/** What tells most of what a resource is about. Where it has no coding, the resource may be about anything. */
const PRIMARY: Readonly<Record<string, string | undefined>> = {
  AllergyIntolerance: 'code',
  Condition: 'code',
  DiagnosticReport: 'code',
  Immunization: 'vaccineCode',
  MedicationAdministration: 'medicationCodeableConcept',
  MedicationDispense: 'medicationCodeableConcept',
  MedicationRequest: 'medicationCodeableConcept',
  MedicationStatement: 'medicationCodeableConcept',
  Observation: 'code',
  Procedure: 'code',
  ServiceRequest: 'code',
};
/** Elements that name who answers for the content. */
const AUTHORS = [
  'author',
  'performer',
  'asserter',
  'recorder',
  'requester',
  'resultsInterpreter',
  'enterer',
  'provider',
  'sender',
  'attester',
  'participant',
];
/** Below an author element: where the reference may be. */
const AUTHOR_PARTS = ['actor', 'individual', 'party', 'member', 'onBehalfOf'];
/** Elements that bind a resource to an encounter, episode or plan. */
const RELATED = ['encounter', 'context', 'episodeOfCare', 'basedOn', 'careplan'];
const RELATED_TYPES = ['Encounter', 'EpisodeOfCare', 'CarePlan'];
/** Clinical times, the most clinical first: the first element that is there counts. */
const TIMES = [
  'effectiveDateTime',
  'effectivePeriod',
  'effectiveInstant',
  'onsetDateTime',
  'onsetPeriod',
  'performedDateTime',
  'performedPeriod',
  'occurrenceDateTime',
  'occurrencePeriod',
  'servicedDate',
  'servicedPeriod',
  'collectedDateTime',
  'period',
  'billablePeriod',
  'recordedDate',
  'authoredOn',
  'date',
  'dateTime',
  'created',
  'issued',
  'sent',
];
/** Types that are about whom there is, not about what happened: they have no author, no encounter and need no code. */
const DEMOGRAPHIC = ['Patient', 'Person', 'RelatedPerson'];

/** Where a resource comes from. */
export interface FactsOrigin {
  readonly source: string;
  readonly versionId: string;
}

/**
 * What the rules may look at in a resource. Unknown is `?`, for a clinical type that does not tell (a code that is only
 * text makes codes and labels unknown); a demographic or
 * directory type, which has no such thing, gives an empty list.
 *
 * @param resource A FHIR R4 resource whose references are already those of this store.
 */
export function factsOf(resource: JsonObject, origin: FactsOrigin): Facts {
  const type = stringOf(resource['resourceType']);
  const id = stringOf(resource['id']);
  const { labels, version } = label(resource);
  const plain = DEMOGRAPHIC.includes(type) || DIRECTORY_TYPES.includes(type);
  const orUnknown = (found: readonly string[]): readonly string[] =>
    found.length > 0 || plain ? distinct(found) : [UNKNOWN];
  const codes = orUnknown(codesOf(resource));
  const told = plain || tells(resource, type, codes);
  return {
    type,
    id,
    versionId: origin.versionId,
    codes: told ? codes : distinct([...codes, UNKNOWN]),
    labels: told ? labels : unsure(labels),
    labelRules: version,
    authors: orUnknown(AUTHORS.flatMap((name) => referencesIn(resource[name], AUTHOR_PARTS))),
    related: orUnknown(relatedOf(resource, type, id)),
    targets: type === PROVENANCE ? targetsOf(resource) : [],
    source: origin.source,
    time: clinicalTime(resource),
  };
}

/** Whether structured codes say what the resource is about. */
function tells(resource: JsonObject, type: string, codes: readonly string[]): boolean {
  const primary = PRIMARY[type];
  return primary === undefined ? !codes.includes(UNKNOWN) : codingsOf(resource[primary]).length > 0;
}

/** What was found sensitive stays so; what was not may be. */
function unsure(labels: readonly string[]): readonly string[] {
  return labels.length === 1 && labels[0] === NORMAL ? [UNKNOWN] : distinct([...labels, UNKNOWN]);
}

function codesOf(resource: JsonObject): readonly string[] {
  const { component } = resource;
  const parts = isList(component) ? component.filter(isObject).map((part) => part['code']) : [];
  return [...CODED.map((name) => resource[name]), ...parts]
    .flatMap(codingsOf)
    .map(({ system, code }) => `${system}|${code}`);
}

function relatedOf(resource: JsonObject, type: string, id: string): readonly string[] {
  const own = RELATED_TYPES.includes(type) && id !== '' ? [`${type}/${id}`] : [];
  const found = RELATED.flatMap((name) => referencesIn(resource[name], ['encounter', 'reference']));
  return [...own, ...found.filter((value) => RELATED_TYPES.includes(value.slice(0, value.indexOf('/'))))];
}

/** What a Provenance is about. One that it does not name by a reference of ours makes all of them unknown. */
function targetsOf({ target }: JsonObject): readonly string[] {
  const found = listOf(target).map((one) => {
    const reference = isObject(one) ? textOf(one, 'reference') : undefined;
    const at = reference === undefined ? undefined : parseReference(reference);
    return at?.kind === 'local' ? `${at.type}/${at.id}` : UNKNOWN;
  });
  return found.length === 0 || found.includes(UNKNOWN) ? [UNKNOWN] : distinct(found);
}

/** References in a Reference, a list of them, or the named parts of a backbone element. */
function referencesIn(value: JsonValue | undefined, parts: readonly string[]): readonly string[] {
  if (isList(value)) return value.flatMap((item) => referencesIn(item, parts));
  if (!isObject(value)) return [];
  const { reference } = value;
  const own =
    typeof reference === 'string' && /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.test(reference)
      ? [reference]
      : [];
  return [
    ...own,
    ...parts
      .filter((name) => isObject(value[name]) || isList(value[name]))
      .flatMap((name) => referencesIn(value[name], parts)),
  ];
}

function clinicalTime(resource: JsonObject): Interval | null {
  const name = TIMES.find((candidate) => resource[candidate] !== undefined);
  const value = name === undefined ? undefined : resource[name];
  if (typeof value === 'string') return timeOf(value) ?? null;
  return isObject(value) ? periodTime(value) : null;
}

/** An open end is open: a permit of bounded data time does not contain it. A bound that cannot be read makes it unknown. */
function periodTime({ start, end }: JsonObject): Interval | null {
  if (start === undefined && end === undefined) return null;
  const from = start === undefined ? -Infinity : boundOf(start)?.from;
  const to = end === undefined ? Infinity : boundOf(end)?.to;
  return from !== undefined && to !== undefined && from < to ? { from, to } : null;
}

function boundOf(value: JsonValue): Interval | undefined {
  return typeof value === 'string' ? timeOf(value) : undefined;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}

function stringOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
