import type { PatientFeatures } from './features.js';

/** How sure it is that two Patients are one person. */
export type PersonMatch = 'certain' | 'none';

/**
 * Whether two Patients are certainly the same person: they share an identifier of a strong system, agree in it wholly,
 * and have the same whole birth date.
 *
 * Two different values in one strong system speak against it, whatever else is shared: a person has one of each.
 *
 * @param strongSystems Systems that give one number to one person for life. Empty: never certain.
 */
export function samePerson(
  a: PatientFeatures,
  b: PatientFeatures,
  strongSystems: readonly string[],
): PersonMatch {
  if (a.birthDate === undefined || a.birthDate !== b.birthDate) {
    return 'none';
  }
  const verdicts = strongSystems.map((system) => compare(valuesIn(a, system), valuesIn(b, system)));
  return verdicts.includes('equal') && !verdicts.includes('different') ? 'certain' : 'none';
}

/**
 * Whether something says that two Patients are not the same person: other birth dates, or other values in a strong system.
 * What is certain of one and speaks against another must not make one person of all three.
 */
export function speaksAgainst(
  a: PatientFeatures,
  b: PatientFeatures,
  strongSystems: readonly string[],
): boolean {
  const bornApart = a.birthDate !== undefined && b.birthDate !== undefined && a.birthDate !== b.birthDate;
  return (
    bornApart ||
    strongSystems.some((system) => compare(valuesIn(a, system), valuesIn(b, system)) === 'different')
  );
}

function compare(left: ReadonlySet<string>, right: ReadonlySet<string>): 'equal' | 'different' | 'silent' {
  if (left.size === 0 || right.size === 0) {
    return 'silent';
  }
  const same = left.size === right.size && [...left].every((value) => right.has(value));
  return same ? 'equal' : 'different';
}

function valuesIn(features: PatientFeatures, system: string): ReadonlySet<string> {
  return new Set(features.identifiers.filter((one) => one.startsWith(`${system}|`)));
}
