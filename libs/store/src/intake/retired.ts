import type { JsonObject } from '#digest';
import { isObject, listOf, textOf } from '#fhir';

/**
 * A Patient that gave way to another: not active any more, and replaced by it. What it was replaced by before does not
 * hold any more.
 * @see https://hl7.org/fhir/R4/patient-definitions.html#Patient.link
 */
export function retire(patient: JsonObject, into: string): JsonObject {
  const link = { other: { reference: `Patient/${into}` }, type: 'replaced-by' };
  const others = listOf(patient['link']).filter((one) => !isReplacement(one));
  return { ...patient, active: false, link: [...others, link] };
}

/** A Patient that was retired stays so, whatever later messages of its source say of it. */
export function keepRetired(stored: JsonObject, patient: JsonObject): JsonObject {
  const { link } = stored;
  return listOf(link).some(isReplacement) ? { ...patient, active: false, link } : patient;
}

/** A Patient into which the one that replaced it gave way: it is in use again. */
export function revive(patient: JsonObject, from: string): JsonObject {
  const { link, active: _active, ...rest } = patient;
  const links = listOf(link);
  const others = links.filter((one) => !(isReplacement(one) && otherOf(one) === `Patient/${from}`));
  if (others.length === links.length) return patient;
  return others.length === 0 ? rest : { ...rest, link: others };
}

function isReplacement(link: unknown): boolean {
  return isLink(link) && textOf(link, 'type') === 'replaced-by';
}

function otherOf(link: unknown): string | undefined {
  const other = isLink(link) ? link['other'] : undefined;
  return isObject(other) ? textOf(other, 'reference') : undefined;
}

function isLink(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
