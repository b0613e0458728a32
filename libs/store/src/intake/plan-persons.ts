import type { Pool } from 'pg';
import type { JsonObject } from '#digest';
import { textOf } from '#fhir';
import { featuresOf, regroup, type Member, type PatientFeatures } from '#identity';
import { apartAmong } from '../apply/apart.js';
import type { ApplyContext } from '../apply/apply-context.js';
import { HOLDERS_MAX, holdersOf, type Identifier } from '../apply/identifier-holders.js';
import type { InboxIssue, RowChange } from '../change.js';
import type { PatientMerge } from './delivery.js';
import { linkedMembers } from './linked-members.js';
import type { StoredVersions } from './stored-versions.js';

/** How persons are found and made. */
export interface PersonOptions {
  readonly pool: Pool;
  readonly stored: StoredVersions;
  readonly context: ApplyContext;
  /** Identifier systems that give one number to one person for life. */
  readonly strongSystems: readonly string[];
  readonly newPerson: () => string;
  readonly nowMs: number;
}

/** How a delivery changes who is who. */
export interface PersonPlan {
  readonly changes: readonly RowChange[];
  /** Persons of the Patients concerned, as they will be. */
  readonly personOf: ReadonlyMap<string, string>;
  readonly issues: readonly InboxIssue[];
}

/** An identifier that so many Patients have is no number of a person, whatever its system promises. */
const COMMON: InboxIssue = {
  severity: 'warning',
  code: 'identifier-common',
  type: 'Patient',
  expression: 'Patient.identifier',
};

/**
 * The persons of Patients that are written or merged: see `regroup`. What it was judged by goes with the changes, so that
 * a record that others overtook is refused and planned anew.
 * @param written Patients as they will be
 */
export async function planPersons(
  options: PersonOptions,
  written: readonly JsonObject[],
  merges: readonly PatientMerge[],
): Promise<PersonPlan> {
  const news = new Map(written.map((patient) => [textOf(patient, 'id') ?? '', featuresOf(patient)]));
  const named = [...new Set([...news.keys(), ...merges.flatMap(({ from, into }) => [from, into])])];
  if (named.length === 0) {
    return { changes: [], personOf: new Map(), issues: [] };
  }
  const { identifiers, holders, issues } = await telling(options, [...news.values()]);
  const patients = [...new Set([...named, ...holders])];
  const { members, versions, persons } = await linkedMembers(options, patients, news);
  const apart = await apartAmong(
    options.pool,
    options.context,
    members.map(({ patient }) => patient),
  );
  const personOf = regroup(members, {
    strongSystems: options.strongSystems,
    apart: (a, b) => apart.has(a < b ? `${a} ${b}` : `${b} ${a}`),
    newPerson: options.newPerson,
  });
  const seen = {
    kind: 'seen' as const,
    identifiers,
    patients,
    versions,
    persons: [...persons].map(([person, version]) => ({ person, version })),
  };
  const moves = movesOf(options, members, personOf);
  const isAlone = identifiers.length + versions.length + persons.size === 0;
  return { changes: isAlone ? moves : [seen, ...moves], personOf, issues };
}

/** The strong identifiers that tell who somebody is, and the stored Patients that have one of them. */
async function telling(
  options: PersonOptions,
  news: readonly PatientFeatures[],
): Promise<{
  readonly identifiers: readonly Identifier[];
  readonly holders: readonly string[];
  readonly issues: readonly InboxIssue[];
}> {
  const strong = news.flatMap((features) => strongOf(options, features));
  const asked = [...new Map(strong.map((identifier) => [JSON.stringify(identifier), identifier])).values()];
  const found = await holdersOf(options.pool, options.context, asked);
  const holders = Map.groupBy(found, ({ system, code }) => JSON.stringify([system, code]));
  const identifiers = asked.filter((one) => (holders.get(JSON.stringify(one))?.length ?? 0) <= HOLDERS_MAX);
  return {
    identifiers,
    holders: identifiers.flatMap((one) => (holders.get(JSON.stringify(one)) ?? []).map(({ id }) => id)),
    issues: identifiers.length < asked.length ? [COMMON] : [],
  };
}

function strongOf({ strongSystems }: PersonOptions, { identifiers }: PatientFeatures): readonly Identifier[] {
  return identifiers.flatMap((identifier) => {
    const system = strongSystems.find((strong) => identifier.startsWith(`${strong}|`));
    return system === undefined ? [] : [[system, identifier.slice(system.length + 1)] as const];
  });
}

/** Links from `members` to `persons`. */
function movesOf(
  { nowMs }: PersonOptions,
  members: readonly Member[],
  persons: ReadonlyMap<string, string>,
): readonly RowChange[] {
  return members.flatMap(({ patient, person: before }): readonly RowChange[] => {
    const person = persons.get(patient);
    if (person === undefined || person === before) {
      return [];
    }
    const made: RowChange = { kind: 'link', patient, person, grade: 'certain', atMs: nowMs };
    return before === undefined ? [made] : [{ kind: 'unlink', patient, atMs: nowMs, automatic: true }, made];
  });
}
