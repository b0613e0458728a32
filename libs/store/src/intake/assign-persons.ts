import type { Pool } from 'pg';
import { z } from 'zod';
import { parseStrict, type JsonObject } from '#digest';
import { isObject, textOf } from '#fhir';
import { featuresOf, samePerson, type PatientFeatures } from '#identity';
import type { ApplyContext } from '../apply/apply-context.js';
import type { RuleStore } from '#consent';
import { currentVersions } from './stored-versions.js';

/** Who is who already: a Patient with a person. */
interface Known {
  readonly person: string;
  readonly features: PatientFeatures;
}

/** How persons are found and made. */
export interface PersonOptions {
  readonly pool: Pool;
  readonly context: ApplyContext;
  readonly rules: RuleStore;
  /** Identifier systems that give one number to one person for life. */
  readonly strongSystems: readonly string[];
  readonly newPerson: () => string;
}

/**
 * A person for each Patient: the one of a stored Patient (or of an earlier one here) who is certainly the same, else a
 * new one. Where two persons would fit, nobody can tell, and it is a new one.
 */
export async function assignPersons(
  options: PersonOptions,
  patients: readonly JsonObject[],
): Promise<readonly { readonly patient: string; readonly person: string }[]> {
  const features = patients.map((patient) => ({
    patient: textOf(patient, 'id') ?? '',
    features: featuresOf(patient),
  }));
  const known = await knownPatients(
    options,
    features.flatMap((one) => strongOf(options, one.features)),
  );
  return features.map(({ patient, features: own }) => {
    const same = known.filter((one) => samePerson(own, one.features, options.strongSystems) === 'certain');
    const persons = [...new Set(same.map(({ person }) => person))];
    const [only] = persons;
    const person = only !== undefined && persons.length === 1 ? only : options.newPerson();
    known.push({ person, features: own });
    return { patient, person };
  });
}

function strongOf(
  { strongSystems }: PersonOptions,
  features: PatientFeatures,
): readonly (readonly [string, string])[] {
  return features.identifiers.flatMap((identifier) => {
    const system = strongSystems.find((strong) => identifier.startsWith(`${strong}|`));
    return system === undefined ? [] : [[system, identifier.slice(system.length + 1)] as const];
  });
}

/** Stored Patients that have one of the identifiers, with their persons. */
async function knownPatients(
  { pool, context, rules }: PersonOptions,
  identifiers: readonly (readonly [system: string, value: string])[],
): Promise<Known[]> {
  if (identifiers.length === 0) {
    return [];
  }
  const { rows } = await pool.query({
    name: 'patients by identifier',
    text: `select distinct i.id from unnest($2::text[], $3::text[]) as u(system, code)
           join index_token i on i.tenant = $1 and i.type = 'Patient' and i.param = 'identifier'
             and i.code = u.code and i.system = u.system`,
    values: [context.tenant, identifiers.map(([system]) => system), identifiers.map(([, value]) => value)],
  });
  const ids = z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map(({ id }) => id);
  const persons = await rules.personsOf(ids);
  const stored = await currentVersions(pool, context, 'Patient', ids);
  return stored.flatMap(({ id, bytes }) => {
    const person = persons.get(id);
    const patient = parseStrict(bytes);
    return person === undefined || !isObject(patient) ? [] : [{ person, features: featuresOf(patient) }];
  });
}
