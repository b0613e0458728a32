import type { JsonObject, JsonValue } from '#digest';
import { isObject, listOf, parseReference, textOf } from '#fhir';

/** What is compared of a Patient. */
export interface PatientFeatures {
  /** `system|value` of each identifier in use. */
  readonly identifiers: readonly string[];
  /** A whole date, `YYYY-MM-DD`; `undefined` where unknown or less exact. */
  readonly birthDate: string | undefined;
  /** Ids of the Patients that it gave way to, as its source says. */
  readonly replacedBy: readonly string[];
}

const WHOLE_DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * Reads the features of a Patient. Identifiers without system or value, and those of use `old`, say nothing about
 * who somebody is now, and are left out.
 *
 * @see https://hl7.org/fhir/R4/patient.html
 */
export function featuresOf(patient: JsonObject): PatientFeatures {
  const { birthDate } = patient;
  return {
    identifiers: listOf(patient.identifier).flatMap((item) => (isObject(item) ? identifierOf(item) : [])),
    birthDate: typeof birthDate === 'string' && WHOLE_DATE.test(birthDate) ? birthDate : undefined,
    replacedBy: listOf(patient.link).flatMap(replacementOf),
  };
}

function identifierOf({ system, value, use }: JsonObject): readonly string[] {
  if (use === 'old' || typeof system !== 'string' || typeof value !== 'string') {
    return [];
  }
  return system === '' || value.trim() === '' ? [] : [`${system}|${value}`];
}

function replacementOf(link: JsonValue): readonly string[] {
  if (!isObject(link) || link.type !== 'replaced-by' || !isObject(link.other)) {
    return [];
  }
  const target = parseReference(textOf(link.other, 'reference') ?? '');
  return target.kind === 'local' && target.type === 'Patient' ? [target.id] : [];
}
